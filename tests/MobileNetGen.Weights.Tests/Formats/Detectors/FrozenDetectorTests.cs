using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.TensorFlow;
using MobileNetGen.Weights.Tests.Formats.TensorFlow;
using Xunit.Abstractions;
using static MobileNetGen.Weights.Tests.Formats.TensorFlow.GraphDefFile;

namespace MobileNetGen.Weights.Tests.Formats.Detectors;

/// <summary>Frozen graphs of the Object Detection API, written node by node as its exporters lay them out: trained ones are not to be had here.</summary>
public class FrozenDetectorTests(ITestOutputHelper output)
{
    private const int Float = 1;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_frozen_graph_is_cut_behind_its_loop_over_pictures_and_at_its_predictors(bool statesSize)
    {
        SourceNetwork network = Read(Graph(statesSize), statesSize ? null : new Shape(4, 4, 3));
        SourceDetector detector = network.Detector!;

        Assert.Equal(["2×2×1", "1×1×2"], DetectorFiles.Maps(network));
        Assert.Equal([1, 4, 4, 3], network.Values[Assert.Single(network.Inputs)].Shape.ToArray());
        Assert.True(network.Preprocessing!.TakesPixels);
        Assert.Equal((3, 2, true), (detector.Columns, detector.Classes, detector.HasBackground));
        Assert.Equal(SourceScores.Sigmoid, detector.Scores);
        Assert.Equal(new SourceCoder(10, 10, 5, 5, IsXFirst: false), detector.Coder);
        Assert.Equal((true, 0.6f), (detector.IsPerClass, detector.Overlap));
        Assert.Null(detector.Anchors);
    }

    [Fact]
    public void A_graph_for_TensorFlow_Lites_converter_has_the_options_as_attributes()
    {
        (GraphDefFile file, string boxes, string scores) = Predictors("normalized_input_image_tensor", isPicture: false);
        float[] anchors = [.. Enumerable.Range(0, 24).Select(i => i / 32f)];
        file.Node(
            "TFLite_Detection_PostProcess",
            "TFLite_Detection_PostProcess",
            [file.Node("raw_outputs/box_encodings", "Identity", [file.Node("Squeeze", "Squeeze", [boxes], ("squeeze_dims", List(2)))]), file.Node("raw_outputs/class_predictions", "Sigmoid", [scores]), file.Constant("anchors", [6, 4], anchors)],
            ("max_detections", new ProtobufBytes().Integer(3, 10)),
            ("num_classes", new ProtobufBytes().Integer(3, 2)),
            ("use_regular_nms", Flag(true)),
            ("nms_iou_threshold", Single(0.6f)),
            ("nms_score_threshold", Single(1e-8f)),
            ("y_scale", Single(10)),
            ("x_scale", Single(10)),
            ("h_scale", Single(5)),
            ("w_scale", Single(5)));

        SourceDetector detector = Read(file, null).Detector!;

        Assert.Equal(anchors, detector.Anchors!.Boxes);
        Assert.Equal((10, 2, true, 0.6f, 1e-8f), (detector.Most, detector.Classes, detector.IsPerClass, detector.Overlap, detector.Threshold));
        Assert.Equal(new SourceCoder(10, 10, 5, 5, IsXFirst: false), detector.Coder);
        Assert.Equal((SourceScores.Sigmoid, true), (detector.Scores, detector.HasBackground));
    }

    [Fact]
    public void Whatever_bytes_a_graph_has_it_is_read_or_refused()
    {
        byte[] file = Graph(statesSize: true).Build();
        Damage.Check(output, [.. Damage.Truncations(file), .. Damage.Words(file), .. Damage.Splices(file, file, 1000, seed: 18)], bytes => new FrozenGraphReader().Read(new WeightsInput("graph.pb", bytes)), bytesPerByte: 64);
    }

    /// <summary>frozen_inference_graph.pb of TensorFlow 1: a loop resizes pictures, and another one suppresses boxes class by class.</summary>
    private static GraphDefFile Graph(bool statesSize)
    {
        (GraphDefFile file, string boxes, string scores) = Predictors("image_tensor", isPicture: true);
        file.Node("Preprocessor/map/while/Enter", "Enter", [file.Integer("Preprocessor/map/Const", 0)]);
        file.Node("Preprocessor/map/while/Merge", "Merge", ["Preprocessor/map/while/Enter", "Preprocessor/map/while/NextIteration"]);
        file.Node("Preprocessor/map/while/Exit", "Exit", ["Preprocessor/map/while/Merge"]);
        file.Node("Preprocessor/map/while/add", "Add", ["Preprocessor/map/while/Merge", file.Integer("Preprocessor/map/while/add/y", 1)]);
        file.Node("Preprocessor/map/while/NextIteration", "NextIteration", ["Preprocessor/map/while/add"]);
        string size = statesSize ? file.Integers("Preprocessor/map/while/ResizeImage/size", 4, 4) : "Preprocessor/map/while/add";
        file.Node("Preprocessor/map/while/ResizeImage/ResizeBilinear", "ResizeBilinear", ["Preprocessor/map/while/Merge", size]);

        string logits = file.Node("Postprocessor/convert_scores", "Sigmoid", [scores]);
        file.Node("Postprocessor/Slice", "Slice", [logits, file.Integers("Postprocessor/Slice/begin", 0, 0, 1), file.Integers("Postprocessor/Slice/size", -1, -1, -1)]);
        string rows = file.Node("Postprocessor/Reshape", "Reshape", [file.Node("Squeeze", "Squeeze", [boxes], ("squeeze_dims", List(2))), file.Integers("Postprocessor/Reshape/shape", -1, 4)]);
        string parts = file.Node("Postprocessor/Decode/unstack", "Unpack", [file.Node("Postprocessor/Decode/transpose", "Transpose", [rows, file.Integers("Postprocessor/Decode/order", 1, 0)])]);
        string[] divided = [.. new[] { 10f, 10, 5, 5 }.Select((scale, i) => file.Node($"Postprocessor/Decode/div_{i}", "RealDiv", [i == 0 ? parts : $"{parts}:{i}", file.Number($"Postprocessor/Decode/scale_{i}", [], scale)]))];
        string decoded = file.Node("Postprocessor/Decode/stack", "Pack", [divided[0], divided[1], file.Node("Postprocessor/Decode/Exp", "Exp", [divided[2]]), file.Node("Postprocessor/Decode/Exp_1", "Exp", [divided[3]])]);
        for (int i = 0; i < 2; i++)
        {
            string[] constants = [file.Integer($"nms_{i}/max", 100), file.Number($"nms_{i}/iou_threshold", [], 0.6f)];
            string suppressed = file.Node($"nms_{i}/NonMaxSuppressionV2", "NonMaxSuppressionV2", [decoded, "Postprocessor/Slice", .. constants]);
            file.Node($"detection_{i}", "Identity", [suppressed]);
        }

        return file;
    }

    /// <summary>The network up to where its predictors are joined.</summary>
    private static (GraphDefFile File, string Boxes, string Scores) Predictors(string name, bool isPicture)
    {
        var file = new GraphDefFile();
        string input = file.Node(name, "Placeholder", [], ("dtype", Type(isPicture ? 4 : Float)), ("shape", GraphDefFile.Shape(isPicture ? [-1, -1, -1, 3] : [1, 4, 4, 3])));
        if (isPicture)
        {
            string array = file.Node("Preprocessor/map/TensorArray", "TensorArrayV3", [file.Node("ToFloat", "Cast", [input], ("DstT", Type(Float)))]);
            string pictures = file.Node("Preprocessor/map/TensorArrayStack/TensorArrayGatherV3", "TensorArrayGatherV3", [array, "Preprocessor/map/while/Exit", "Preprocessor/map/while/Exit"]);
            input = file.Node("Preprocessor/sub", "Sub", [file.Node("Preprocessor/mul", "Mul", [file.Number("Preprocessor/mul/x", [], 2f / 255), pictures]), file.Number("Preprocessor/sub/y", [], 1)]);
        }

        string map0 = Convolution("FeatureExtractor/Conv2d_11_pointwise", input, [3, 3, 3, 4], 2, true), map1 = Convolution("FeatureExtractor/Conv2d_13_pointwise", map0, [3, 3, 4, 4], 2, true);
        string[] boxes = new string[2], scores = new string[2];
        foreach ((int i, string map) in new[] { map0, map1 }.Index())
        {
            string box = Convolution($"BoxPredictor_{i}/BoxEncodingPredictor", map, [1, 1, 4, 4 * (1 + i)], 1, false), score = Convolution($"BoxPredictor_{i}/ClassPredictor", map, [1, 1, 4, 3 * (1 + i)], 1, false);
            boxes[i] = file.Node($"BoxPredictor_{i}/Reshape", "Reshape", [box, file.Integers($"BoxPredictor_{i}/stack", 1, -1, 1, 4)]);
            scores[i] = file.Node($"BoxPredictor_{i}/Reshape_1", "Reshape", [score, file.Integers($"BoxPredictor_{i}/stack_1", 1, -1, 3)]);
        }

        string axis = file.Integer("concat/axis", 1);
        return (file, file.Node("concat", "ConcatV2", [.. boxes, axis]), file.Node("concat_1", "ConcatV2", [.. scores, axis]));

        string Convolution(string layer, string from, int[] shape, int stride, bool isActive)
        {
            string weights = file.Constant($"{layer}/weights", shape, [.. Enumerable.Range(0, shape.Aggregate((a, b) => a * b)).Select(i => i / 64f)]);
            string value = file.Node($"{layer}/Conv2D", "Conv2D", [from, weights], ("strides", List(1, stride, stride, 1)), ("padding", Text("SAME")));
            value = file.Node($"{layer}/BiasAdd", "BiasAdd", [value, file.Constant($"{layer}/biases", [shape[3]], new float[shape[3]])]);
            return isActive ? file.Node($"{layer}/Relu6", "Relu6", [value]) : value;
        }
    }

    private static SourceNetwork Read(GraphDefFile file, Shape? size) => (SourceNetwork)new FrozenGraphReader().Read(new WeightsInput("graph.pb", file.Build()) { InputSize = size });
}
