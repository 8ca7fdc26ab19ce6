using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Samples.Benchmarks;
using MobileNetGen.Samples.Benchmarks.Kernels;

namespace MobileNetGen.Samples.Tests;

public class BenchmarksTests
{
    /// <summary>Calls of kernels are the generator's own text, put into methods of the benchmark's.</summary>
    [Theory]
    [InlineData(Quantization.Float32)]
    [InlineData(Quantization.Int8)]
    public void The_calls_of_kernels_compile(Quantization quantization)
    {
        KernelCase[] kernels = KernelCase.Of(Catalogue.Select(Catalogue.Read(quantization, isUniform: false, isShared: false), ["cifar10-1.0-32"]));
        Assert.Contains(kernels, kernel => kernel.Layer.Operator == Compiler.Networks.Operators.Operator.Depthwise);
        Assert.All(kernels, kernel => Assert.Equal(quantization, kernel.Quantization));
    }
}
