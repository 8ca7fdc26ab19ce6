using System;
using MobileNetGen.Compiler.Planning;

namespace MobileNetGen.Compiler.Tests.Planning;

/// <summary>What a call of a built-in detector needs of scratch, and how that compares with the classifier of the same backbone at its resolution: docs/detection.md has these numbers.</summary>
public class DetectorScratchTests
{
    [Theory]
    [InlineData("SSDMobileNetV1", "1.0", "float32", 1473, 1.1)]
    [InlineData("SSDMobileNetV1", "1.0", "uint8", 383, 1.1)]
    [InlineData("SSDMobileNetV1", "0.75", "float32", 1100, 1.1)]
    [InlineData("SSDMobileNetV1", "0.75", "uint8", 287, 1.1)]
    [InlineData("SSDMobileNetV2", "1.0", "float32", 1086, 1.1)]
    [InlineData("SSDMobileNetV2", "1.0", "int8", 283, 1.1)]
    [InlineData("SSDLiteMobileNetV1", "1.0", "float32", 1607, 1.15)]
    [InlineData("SSDLiteMobileNetV1", "1.0", "int8", 413, 1.15)]
    [InlineData("SSDLiteMobileNetV2", "1.0", "float32", 1568, 1.55)]
    [InlineData("SSDLiteMobileNetV2", "1.0", "int8", 402, 1.55)]
    public void Ninety_classes_need_little_more_than_the_backbone(string network, string alpha, string quantization, int kibibytes, double most)
    {
        string text = $"alpha {alpha}\nresolution 300\nclasses 90\nquantization {quantization}\nweights random\nnetwork ";
        Plan detector = Compiled.Plan(text + network), classifier = Compiled.Plan(text + network[network.IndexOf("Mobile", StringComparison.Ordinal)..]);
        Assert.Equal(kibibytes, (detector.ScratchBytes + 1023) / 1024);
        Assert.InRange(detector.ScratchBytes, 0, most * classifier.ScratchBytes);
    }
}
