using System;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Networks.Operators;
using MobileNetGen.Tool.Verify;

namespace MobileNetGen.Tool.Operators;

/// <summary>How the tool shows an operator, and judges it.</summary>
/// <param name="Style">Its colour in a picture: a class of the style sheet.</param>
/// <param name="Sign">What a picture says of a layer: <c>3×3 32 /2</c>.</param>
/// <param name="Text">What a table says of it: <c>conv 3×3</c>.</param>
/// <param name="Bound">How far its float32 results may be from another engine's, of their largest and of a layer's relative difference.</param>
internal sealed record ToolOperator(string Style, Func<Layer, string> Sign, Func<Layer, string> Text, Func<float, float, float> Bound)
{
    /// <summary>All of them.</summary>
    public static OperatorTable<ToolOperator> Table { get; } = new(
        "The tool",
        (Operator.Convolution, new("convolution", Window, layer => $"conv {Kernel(layer)}", Relative)),
        (Operator.Pointwise, new("pointwise", layer => $"1×1 {layer.Output.Channels}", Name, Relative)),
        (Operator.Depthwise, new("depthwise", Window, layer => $"depthwise {Kernel(layer)}" + (layer.Multiplier > 1 ? $" ×{layer.Multiplier}" : ""), Relative)),
        (Operator.Add, new("other", _ => "+", Name, Relative)),
        (Operator.Multiply, new("other", _ => "×", Name, Relative)),
        (Operator.AveragePool, new("other", layer => $"pool {Map(layer)}", layer => $"avgpool {Map(layer)}", Relative)),
        (Operator.MaxPool, new("other", layer => $"max {Map(layer)}", layer => $"maxpool {Map(layer)}", Relative)),
        (Operator.Flatten, new("other", Name, Name, Relative)),
        (Operator.Dense, new("dense", layer => $"dense {layer.Output.Channels}", Name, Relative)),
        (Operator.Tanh, new("other", Name, Name, (_, relative) => relative)),
        (Operator.Sigmoid, new("other", Name, Name, (_, relative) => relative)),
        (Operator.Softmax, new("other", Name, Name, (_, _) => Verification.OneLayer)));

    /// <summary>That of a layer.</summary>
    public static ToolOperator Of(Layer layer) => Table[layer.Operator];

    private static string Name(Layer layer) => layer.Operator.Name;

    private static string Kernel(Layer layer) => $"{layer.Kernel}×{layer.Kernel}";

    private static string Map(Layer layer) => $"{layer.Input.Height}×{layer.Input.Width}";

    private static string Window(Layer layer) => $"{Kernel(layer)} {layer.Output.Channels}{(layer.Stride > 1 ? $" /{layer.Stride}" : "")}";

    private static float Relative(float largest, float relative) => largest * relative;
}
