using System;
using System.Linq;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Weights.Tests.Formats;

/// <summary>The reader on networks that other people trained and exported.</summary>
public class TrainedNetworkTests
{
    [ReferenceTheory]
    [InlineData("coral_mobilenet_v1_0.25_128_quant.tflite", "conv 15, depthwise 13, pool 1, softmax 1", ElementType.UInt8, SourceActivation.Relu6)]
    [InlineData("coral_mobilenet_v1_0.5_160_quant.tflite", "conv 15, depthwise 13, pool 1, softmax 1", ElementType.UInt8, SourceActivation.Relu6)]
    [InlineData("coral_mobilenet_v1_1.0_224_quant_embedding_extractor.tflite", "conv 14, depthwise 13, pool 1", ElementType.UInt8, SourceActivation.Relu6)]
    [InlineData("mobilenet_v1_0_25_224_quant.tflite", "conv 15, depthwise 13, pool 1, softmax 1", ElementType.UInt8, SourceActivation.None)]
    [InlineData("coral_mobilenet_v2_1.0_224_quant.tflite", "add 10, conv 36, depthwise 17, pool 1, softmax 1", ElementType.UInt8, SourceActivation.Relu6)]
    [InlineData("coral_mobilenet_v2_1.0_224_inat_bird_quant.tflite", "add 10, conv 35, dense 1, depthwise 17, pool 1, softmax 1", ElementType.UInt8, SourceActivation.Relu6)]
    [InlineData("mobilenet_v2_0_5_160_quant.tflite", "add 10, conv 36, depthwise 17, pool 1, softmax 1", ElementType.UInt8, SourceActivation.None)]
    [InlineData("coral_tf2_mobilenet_v2_1.0_224_ptq.tflite", "add 10, conv 36, depthwise 17, pool 1, quantize 2, softmax 1", ElementType.UInt8, SourceActivation.Relu6)]
    [InlineData("mlcommons_vww_96_float.tflite", "conv 14, dense 1, depthwise 13, pool 1, softmax 1", ElementType.Float32, SourceActivation.Relu)]
    [InlineData("mlcommons_vww_96_int8.tflite", "conv 14, dense 1, depthwise 13, pool 1, softmax 1", ElementType.Int8, SourceActivation.Relu)]
    [InlineData("tflm_person_detect.tflite", "conv 15, depthwise 13, pool 1, softmax 1", ElementType.Int8, SourceActivation.Relu6)]
    [InlineData("tm_catdog_mobilenet_v2_0.35_224_float.tflite", "add 10, conv 35, dense 2, depthwise 17, pool 1, softmax 1", ElementType.Float32, SourceActivation.Relu6)]
    public void Every_operator_is_recognised(string name, string operators, ElementType input, SourceActivation depthwise)
    {
        SourceNetwork network = (SourceNetwork)WeightsFile.Read(ReferenceData.TensorFlowLite(name)).Model;

        Assert.Equal(operators, string.Join(", ", network.Operators.GroupBy(Kind).OrderBy(kind => kind.Key, StringComparer.Ordinal).Select(kind => $"{kind.Key} {kind.Count()}")));
        Assert.Equal(input, network.Values[Assert.Single(network.Inputs)].Type);
        Assert.All(network.Operators.OfType<SourceDepthwise>(), step => Assert.Equal(depthwise, step.Activation));
        Assert.Equal(network.Values.Length, network.Operators.Select(step => step.Output).Concat(network.Inputs).Distinct().Count());
    }

    [ReferenceTheory]
    [InlineData("mobilenet_v1_0_25_224_quant.tflite")]
    [InlineData("mobilenet_v2_0_5_160_quant.tflite")]
    public void An_output_range_can_be_relu6_where_no_activation_is_stated(string name)
    {
        SourceNetwork network = (SourceNetwork)WeightsFile.Read(ReferenceData.TensorFlowLite(name)).Model;
        Assert.All(network.Operators.OfType<SourceDepthwise>(), step =>
        {
            (double minimum, double maximum) = network.Values[step.Output].RealRange;
            Assert.Equal(0, minimum);
            Assert.Equal(6, maximum, 0.001);
        });
    }

    [ReferenceFact]
    public void Keras_pads_before_its_stride_2_convolutions()
    {
        SourceNetwork network = (SourceNetwork)WeightsFile.Read(ReferenceData.TensorFlowLite("tm_catdog_mobilenet_v2_0.35_224_float.tflite")).Model;
        SourcePadding[] stride2 =
        [
            .. network.Operators.OfType<SourceConvolution>().Where(step => step.StrideHeight == 2).Select(step => step.Padding),
            .. network.Operators.OfType<SourceDepthwise>().Where(step => step.StrideHeight == 2).Select(step => step.Padding),
        ];
        Assert.Equal(5, stride2.Length);
        Assert.All(stride2, padding => Assert.Equal(SourcePadding.Explicit(0, 0, 1, 1), padding));
        Assert.Null(network.Operators.OfType<SourceDense>().Last().Bias);
    }

    [ReferenceFact]
    public void Person_detection_begins_with_a_convolution_stored_as_depthwise()
    {
        SourceNetwork network = (SourceNetwork)WeightsFile.Read(ReferenceData.TensorFlowLite("tflm_person_detect.tflite")).Model;
        var stem = Assert.IsType<SourceConvolution>(network.Operators[0]);
        Assert.True(stem.StoredAsDepthwise);
        Assert.Equal([8, 3, 3, 1], stem.Weights.Shape.AsEnumerable());
        Assert.Single(network.Operators.OfType<SourceConvolution>(), step => step.StoredAsDepthwise);
    }

    [ReferenceFact]
    public void Visual_wake_words_has_one_layer_with_one_scale()
    {
        SourceNetwork network = (SourceNetwork)WeightsFile.Read(ReferenceData.TensorFlowLite("mlcommons_vww_96_int8.tflite")).Model;
        Assert.All(network.Operators.OfType<SourceConvolution>(), step => Assert.Equal(step.Weights.Shape[0], step.Weights.Quantization!.Scales.Length));
        Assert.True(Assert.Single(network.Operators.OfType<SourceDense>()).Weights.Quantization!.IsPerTensor);
    }

    [ReferenceFact]
    public void A_network_in_two_files_is_one_network()
    {
        SourceNetwork first = (SourceNetwork)WeightsFile.Read(ReferenceData.TensorFlowLite("coral_mobilenet_v1_1.0_224_quant_embedding_extractor.tflite")).Model;
        SourceNetwork second = (SourceNetwork)WeightsFile.Read(ReferenceData.TensorFlowLite("coral_mobilenet_quant_v1_224_head_layers.tflite")).Model;
        SourceNetwork network = SourceNetwork.Chain(first, second);

        Assert.Equal(first.Operators.Length + second.Operators.Length, network.Operators.Length);
        Assert.Equal([1, 1001], network.Values[Assert.Single(network.Outputs)].Shape.AsEnumerable());
        Assert.Equal(first.Operators[^1].Output, network.Operators[first.Operators.Length].Input);
        Assert.Throws<WeightsException>(() => SourceNetwork.Chain(second, first));
    }

    private static string Kind(SourceOperator step) => step switch
    {
        SourceConvolution => "conv",
        SourceDepthwise => "depthwise",
        SourceDense => "dense",
        SourceAdd => "add",
        SourcePool => "pool",
        SourceSoftmax => "softmax",
        SourceQuantize => "quantize",
        _ => step.GetType().Name,
    };
}
