using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Compiler.Planning;

namespace MobileNetGen.Generator.Emission.Operators;

/// <summary>A call of a kernel.</summary>
/// <param name="Method">The method, with its class in <c>MobileNetGen.Runtime.Kernels</c>.</param>
/// <param name="Arguments">Its arguments, by lines.</param>
internal sealed record KernelCall(string Method, params string[] Arguments);

/// <summary>How the kernel call of an operator is written.</summary>
internal abstract class OperatorEmitter
{
    /// <summary>All of them.</summary>
    public static OperatorTable<OperatorEmitter> All { get; } = new(
        "The generator",
        (Operator.Convolution, new ConvolutionEmitter()),
        (Operator.Pointwise, new PointwiseEmitter()),
        (Operator.Depthwise, new DepthwiseEmitter()),
        (Operator.Add, new AddEmitter()),
        (Operator.Multiply, new MultiplyEmitter()),
        (Operator.AveragePool, new AveragePoolEmitter()),
        (Operator.MaxPool, new MaxPoolEmitter()),
        (Operator.Flatten, new FlattenEmitter()),
        (Operator.Dense, new DenseEmitter()),
        (Operator.Tanh, new FunctionEmitter("Tanh")),
        (Operator.Sigmoid, new FunctionEmitter("Sigmoid")),
        (Operator.Softmax, new SoftmaxEmitter()));

    /// <summary>The operation in words, for comments: <c>depthwise 3×3</c>.</summary>
    public abstract string Describe(Layer layer);

    /// <summary>The kernel that computes a step, without its class; which of its forms it is, the weights decide.</summary>
    public abstract string Kernel(Step step);

    /// <summary>The maps that the call reads and writes by name; vectors need no more than their addresses.</summary>
    public virtual MapNames Maps(Step step) => new("input", "residual", "output");

    /// <summary>The call in a float32 network.</summary>
    public abstract KernelCall Float32(StepArguments step);

    /// <summary>The call in a quantised network, whose values are unsigned bytes, also of int8.</summary>
    public abstract KernelCall Bytes(StepArguments step);
}

/// <summary>The names of the maps of a call; null for one that is passed as an address.</summary>
/// <param name="Input">What is read.</param>
/// <param name="Second">The other operand, if there is one.</param>
/// <param name="Output">What is written.</param>
internal sealed record MapNames(string? Input, string? Second, string? Output);
