using System.Collections.Generic;
using MobileNetGen.Compiler.Syntax;

namespace MobileNetGen.Compiler.Networks;

/// <summary>An input size: from <c>resolution</c> or <c>rho</c>.</summary>
internal readonly record struct Resolution(int Height, int Width)
{
    /// <summary>As it stands in class names: <c>160</c>, <c>192x256</c>.</summary>
    public override string ToString() => VariantText.Resolution(Height, Width);
}

/// <summary>The statements of a network, evaluated; lists are not yet multiplied out.</summary>
internal sealed record Settings
{
    public string Architecture { get; init; } = "";
    public TextSpan NameSpan { get; init; }
    public TextSpan ResolutionSpan { get; init; }
    public string? ClassName { get; init; }
    public TextSpan ClassSpan { get; init; }
    public string? Namespace { get; init; }
    public IReadOnlyList<decimal> Alphas { get; init; } = [1m];
    public IReadOnlyList<Resolution> Resolutions { get; init; } = [];
    public int Divisor { get; init; } = 1;
    public int Minimum { get; init; } = ChannelRounding.Minimum;
    public PixelOrder Order { get; init; } = PixelOrder.Rgb;
    public int? Classes { get; init; }

    /// <summary>Where the file says how many classes there are; null where it leaves that to the built-in network.</summary>
    public TextSpan? ClassesSpan { get; init; }
    public Activation Activation { get; init; } = Activation.Relu6;
    public Quantization Quantization { get; init; } = Quantization.Float32;
    public Quantization InputType { get; init; } = Quantization.Float32;
    public Quantization OutputType { get; init; } = Quantization.Float32;
    public RoundingMode Rounding { get; init; } = RoundingMode.Once;
    public PaddingRule? Padding { get; init; }
    public WeightsSource Weights { get; init; } = new(default, 0);
    public decimal? Epsilon { get; init; }
    public string? Labels { get; init; }
    public UnknownRule? Unknown { get; init; }
    public TextSpan UnknownSpan { get; init; }
    public Normalization Normalization { get; init; } = new(EquatableArray.Of(127.5m), EquatableArray.Of(127.5m));

    /// <summary>The layers whose results are results of the network, beside the last one's.</summary>
    public IReadOnlyList<Token> Outputs { get; init; } = [];
    public Fit Fit { get; init; } = Fit.Stretch;
    public int Bars { get; init; }
    public Resampling Resampling { get; init; } = Resampling.Antialiased;
    public long StackBudget { get; init; } = 640 * 1024;
    public int Threads { get; init; } = 1;
    public IReadOnlyList<string> Written { get; init; } = [];
    public Bake Bake { get; init; } = Bake.Auto;
}
