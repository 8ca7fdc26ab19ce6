#if REFERENCE_DATA
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Samples.Evaluate;
using MobileNetGen.Samples.Train.Data;
#endif

namespace MobileNetGen.Samples.Tests;

/// <summary>What docs/performance.md says of the shipped networks, on the ten thousand test images of CIFAR-10.</summary>
public sealed class EvaluateTests
{
#if REFERENCE_DATA
    [Fact]
    public void Float32_is_right_on_nine_of_ten_and_agrees_with_ONNX_Runtime_and_int8_loses_at_most_half_a_point()
    {
        string root = typeof(EvaluateTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "ReferenceData").Value!;
        using var files = new LabelledFiles(Path.Combine(root, "datasets", "cifar10-images.zip"));

        Dictionary<Quantization, Evaluation> evaluations = Subject.ReadAll()
            .Select(subject => Evaluation.Run(subject, files))
            .ToDictionary(evaluation => evaluation.Network.Quantization);

        (Evaluation real, Evaluation quantized) = (evaluations[Quantization.Float32], evaluations[Quantization.Int8]);
        Assert.Equal(10_000, real.Images);
        Assert.Equal(real.Images, real.Agreeing);
        Assert.InRange(real.Right, 9_000, 10_000);
        Assert.InRange(quantized.Right, real.Right - 50, 10_000);
    }
#else
    [Fact(Skip = "The images of CIFAR-10 are absent: ../shared/data/datasets from the root of the repository.")]
    public void Float32_is_right_on_nine_of_ten_and_agrees_with_ONNX_Runtime_and_int8_loses_at_most_half_a_point()
    {
    }
#endif
}
