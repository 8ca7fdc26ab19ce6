using System;
using System.Globalization;
using System.IO;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Tool.Tests.Support;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Reference;

namespace MobileNetGen.Tool.Tests.Import;

/// <summary>Files whose networks used to be another than the one that was built. What import writes of them gives what their own framework gives, from pixels to probabilities.</summary>
public class CasesTests
{
    /// <summary>Relative, but for what is nearly 0: frameworks add in other orders, and deep logits are large.</summary>
    private const float Tolerance = 2e-3f;

    [ReferenceTheory]
    [InlineData("keras-config-ignored/k_sigmoid1.h5", "input_32x32x3.rgb", "Ksigmoid1.expected.txt")]
    [InlineData("keras-config-ignored/k_relu.h5", "input_32x32x3.rgb", "Krelu.expected.txt")]
    [InlineData("keras-config-ignored/k_rescale01.h5", "input_32x32x3.rgb", "Krescale01.expected.txt")]
    [InlineData("keras-config-ignored/k_max64.h5", "input_64x64x3.rgb", "Kmax64.expected.txt")]
    [InlineData("torch-module-attributes-ignored/v1_module.pt", "PtV1Mod.rgb", "PtV1Mod.ref")]
    [InlineData("torch-module-attributes-ignored/ox_mxnet_strides_module.pt", "OxMx.rgb", "OxMx.ref")]
    [InlineData("torchscript-epsilon/eps_traced.pt", "PtEps.rgb", "PtEps.ref")]
    [InlineData("single-output-softmax/binary_sigmoid_module.pt", "input_96x96x3.rgb", "sigmoid.expected.txt")]
    [InlineData("sigmoid-refused/t_sigmoid.tflite", "input_32x32x3.rgb", "t_sigmoid.expected.txt")]
    [InlineData("leading-affine-refused/ox_tf2onnx_rescale.onnx", "OxTfR.rgb", "OxTfR.ref")]
    [InlineData("tf2onnx-normalisation/ox_tf2onnx.onnx", "OxTf.rgb", "OxTf.ref")]
    [InlineData("batchnorm-beside-dense/ox_bnhead.onnx", "OxBnFirst.rgb", "OxBnFirst.ref")]
    [InlineData("lightning-class-weights/lightning.ckpt", "PtLightning.rgb", "PtLightning.ref")]
    [InlineData("qat-checkpoint-relu/qat_sd.pth", "PtQat.rgb", "PtQat.ref")]
    public void A_file_gives_what_its_framework_gives(string file, string image, string expected) => Gives(
        file, image, [.. File.ReadAllText(Beside(file, expected)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(t => float.Parse(t, CultureInfo.InvariantCulture))], Tolerance);

    [ReferenceTheory]
    [InlineData("tflite-shape-arithmetic-refused/t_shape.tflite", ".30724 .38400 .30876")]
    [InlineData("tflite-mixed-ends-crash/t_q_u8_f.tflite", ".30859375 .37890625 .30859375")]
    [InlineData("tflite-mixed-ends-crash/t_q_i8_u8.tflite", ".30859375 .37890625 .30859375")]
    [InlineData("tflite-mixed-ends-crash/t_q_f_u8.tflite", ".30859375 .37890625 .30859375")]
    public void A_TensorFlow_Lite_file_gives_what_its_engine_gives(string file, string expected)
    {
        float[] values = [.. expected.Split(' ').Select(t => float.Parse(t, CultureInfo.InvariantCulture))];
        Gives(file, "../tflite-mixed-ends-crash/input_32x32x3.rgb", values, file.Contains("t_q", StringComparison.Ordinal) ? 0 : 1e-4f);
    }

    private static void Gives(string file, string image, float[] expected, float tolerance)
    {
        byte[] pixels = File.ReadAllBytes(Beside(file, image));
        using var mbnet = new Mbnet();
        Outcome outcome = Mbnet.Run(["import", Beside(file, Path.GetFileName(file)), "-o", mbnet["net.mbnet"], .. Resolution(file, pixels.Length)]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Plan plan = Texts.Plan(File.ReadAllText(mbnet["net.mbnet"]));
        TrainedNetwork trained = TrainedNetworkLoader.Load(plan.Network, mbnet.Folder);
        Assert.Empty(trained.Assumptions);
        float[] output = Run(trained, pixels);

        // The references are probabilities, also where the file leaves those to its caller.
        if (!plan.Network.EndsInProbabilities)
            output = SoftmaxOf(output);
        Assert.Equal(expected.Length, output.Length);
        float Allowed(float probability) => tolerance * MathF.Max(probability, 0.01f);
        Assert.All(expected.Zip(output), pair => Assert.InRange(pair.Second, pair.First - Allowed(pair.First), pair.First + Allowed(pair.First)));
    }

    /// <summary>State dictionaries do not say it.</summary>
    private static string[] Resolution(string file, int pixels) =>
        file.EndsWith(".pth", StringComparison.Ordinal) || file.EndsWith(".ckpt", StringComparison.Ordinal) || file.EndsWith(".pt", StringComparison.Ordinal)
            ? ["--resolution", ((int)Math.Sqrt(pixels / 3)).ToString(CultureInfo.InvariantCulture)]
            : [];

    private static float[] Run(TrainedNetwork trained, byte[] pixels)
    {
        Network network = trained.Network;
        PixelMap map = PixelMap.Of(network.Normalization, network.Input.Channels);
        float[] real = [.. pixels.Select((p, i) => (float)((p * map.Factors[i % 3]) + map.Offsets[i % 3]))];
        if (network.Quantization == Quantization.Float32)
            return FloatReference.Run(trained, real)[network.Layers[^1].Name];
        TensorScale input = trained.Input!.Value, output = trained.OuterOutput ?? trained.Layers[^1].Output!.Value;
        int[] bytes = network.InputType switch
        {
            Quantization.Float32 => [.. real.Select(r => Math.Clamp((int)MathF.Round(r / input.Scale) + input.ZeroPoint, network.Quantization == Quantization.Int8 ? -128 : 0, network.Quantization == Quantization.Int8 ? 127 : 255))],
            Quantization.Int8 => [.. pixels.Select(p => p - 128)],
            _ => [.. pixels.Select(p => (int)p)],
        };
        return [.. QuantizedReference.Run(trained, bytes)[QuantizedReference.ResultName].Select(q => output.Scale * (q - output.ZeroPoint))];
    }

    private static float[] SoftmaxOf(float[] logits)
    {
        double[] exponentials = [.. logits.Select(l => Math.Exp(l - (double)logits.Max()))];
        return [.. exponentials.Select(e => (float)(e / exponentials.Sum()))];
    }

    private static string Beside(string file, string name) => Path.Combine(BuildProperty.ReferenceData, "cases", Path.GetDirectoryName(file)!, name);
}
