using System.Collections.Immutable;

namespace MobileNetGen.Weights.Formats.Caffe;

/// <summary>A layer of a Caffe network, with what of its settings a MobileNet's layers have.</summary>
/// <param name="Name">Its name as messages show it.</param>
/// <param name="Type">Its type by today's name, "Convolution", also where an old file has a number.</param>
internal sealed record CaffeLayer(string Name, string Type)
{
    /// <summary>The names of what it reads.</summary>
    public ImmutableArray<string> Bottoms { get; init; } = [];

    /// <summary>The names of what it computes; one that is also a bottom's is computed in its place.</summary>
    public ImmutableArray<string> Tops { get; init; } = [];

    /// <summary>Its trained numbers.</summary>
    public ImmutableArray<SourceTensor> Blobs { get; init; } = [];

    /// <summary>The window of a convolution or pool.</summary>
    public CaffeWindow Window { get; init; } = new(1, 1, 1, 1, 0, 0, 1);

    /// <summary>The groups of a convolution.</summary>
    public long Groups { get; init; } = 1;

    /// <summary>Whether a pool takes the mean, not the maximum.</summary>
    public bool IsAverage { get; init; }

    /// <summary>Whether a pool's window is the whole map.</summary>
    public bool IsGlobal { get; init; }

    /// <summary>ε of a batch normalisation.</summary>
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>The slope of a ReLU below 0.</summary>
    public float NegativeSlope { get; init; }

    /// <summary>The least that a Clip lets pass.</summary>
    public float Minimum { get; init; }

    /// <summary>The most that a Clip lets pass.</summary>
    public float Maximum { get; init; }

    /// <summary>Whether an element-wise layer adds its bottoms as they are.</summary>
    public bool IsPlainSum { get; init; } = true;

    /// <summary>Whether the weights of a fully connected layer are [in][out].</summary>
    public bool IsTransposed { get; init; }

    /// <summary>The shape of an input, where it is stated.</summary>
    public ImmutableArray<long> InputShape { get; init; } = [];

    /// <summary>The layer for messages: <c>layer "conv1" (Convolution)</c>.</summary>
    public string Place => $"layer \"{Name}\" ({Type})";
}

/// <summary>A convolution's or pool's window.</summary>
internal readonly record struct CaffeWindow(long Height, long Width, long StrideHeight, long StrideWidth, long PadHeight, long PadWidth, long Dilation);
