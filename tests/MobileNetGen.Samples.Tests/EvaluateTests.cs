using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Samples.Evaluate;
using MobileNetGen.Samples.Train.Data;

namespace MobileNetGen.Samples.Tests;

/// <summary>What docs/performance.md says of the shipped networks, on the ten thousand test images of CIFAR-10.</summary>
public sealed class EvaluateTests
{
    [ReferenceFact]
    public void Float32_is_right_on_nine_of_ten_and_agrees_with_ONNX_Runtime_and_int8_loses_at_most_half_a_point()
    {
        using var files = new LabelledFiles(Path.Combine(BuildProperty.ReferenceData, "datasets", "cifar10-images.zip"));

        Dictionary<Quantization, Evaluation> evaluations = Subject.ReadAll()
            .Select(subject => Evaluation.Run(subject, files))
            .ToDictionary(evaluation => evaluation.Network.Quantization);

        (Evaluation real, Evaluation quantized) = (evaluations[Quantization.Float32], evaluations[Quantization.Int8]);
        Assert.Equal(10_000, real.Images);
        Assert.Equal(real.Images, real.Agreeing);
        Assert.InRange(real.Right, 9_000, 10_000);
        Assert.InRange(quantized.Right, real.Right - 50, 10_000);
    }
}
