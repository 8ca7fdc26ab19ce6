using System.Runtime.Intrinsics;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>
/// The sums of a pixel for some outputs, and how they grow by runs: four groups that lie together, 16 activations, which one load brings and a register keeps for all outputs of a tile.
/// Activations are made signed, less 128, as bytes of different signs cannot be multiplied; <see cref="RunPanel"/> adds what that takes away to the biases.
/// </summary>
internal unsafe interface IRunSums<TSelf>
    where TSelf : struct, IRunSums<TSelf>
{
    /// <summary>Outputs.</summary>
    static abstract int Count { get; }

    /// <summary>The most pixels whose sums stay in registers, beside a run each.</summary>
    static abstract int TilePixels { get; }

    /// <summary>Sums that begin with biases.</summary>
    static abstract TSelf Load(int* bias);

    /// <summary>One number for each output.</summary>
    static abstract TSelf LoadNumbers(int* numbers);

    /// <summary>Writes the sums.</summary>
    void Store(int* address);

    /// <summary>Whether the entries of a run can be added as they are: what does not depend on activations.</summary>
    /// <param name="weights">Those of its four entries.</param>
    static abstract bool Takes(sbyte* weights);

    /// <summary>Adds 128 times the sums of some entries' weights to biases.</summary>
    /// <param name="weights">The first entry's.</param>
    /// <param name="entries">How many there are.</param>
    /// <param name="bias">[16], the biases.</param>
    /// <param name="shifted">[16], where the sums go.</param>
    static abstract void Shift(sbyte* weights, int entries, int* bias, int* shifted);

    /// <summary>Writes the bytes of a pixel.</summary>
    /// <param name="sums">The pixel's.</param>
    /// <param name="factor">What the channels' sums are multiplied by.</param>
    /// <param name="offset">What is added then.</param>
    /// <param name="min">Lower end of the activation.</param>
    /// <param name="max">Upper end of the activation.</param>
    /// <param name="target">Whose they are.</param>
    /// <param name="address">Where they go.</param>
    static abstract void StoreBytes(TSelf sums, TSelf factor, TSelf offset, Vector128<byte> min, Vector128<byte> max, in ByteTarget target, byte* address);
}

/// <summary>Runs whose entries are added one by one.</summary>
internal unsafe interface IDotSums<TSelf> : IRunSums<TSelf>
    where TSelf : struct, IDotSums<TSelf>
{
    /// <summary>An entry's weights.</summary>
    static abstract TSelf LoadWeights(sbyte* weights);

    /// <summary>Adds an entry, whose activations lie <c>pixel</c> elements behind i.</summary>
    static abstract TSelf AddOne(TSelf sums, nint pixel, byte* i, TSelf wi);

    /// <summary>Adds an entry of a run.</summary>
    /// <param name="sums">A pixel's.</param>
    /// <param name="run">Its run.</param>
    /// <param name="wi">The entry's weights.</param>
    /// <param name="index">Which of the run's groups they meet, a constant to the JIT.</param>
    static abstract TSelf AddSelected(TSelf sums, Vector128<sbyte> run, TSelf wi, byte index);
}

/// <summary>Runs whose entries are added two by two, in 16 bits first.</summary>
internal unsafe interface IPairSums<TSelf> : IRunSums<TSelf>
    where TSelf : struct, IPairSums<TSelf>
{
    /// <summary>An entry's weights.</summary>
    static abstract HalfEntry LoadWeights(sbyte* weights);

    /// <summary>Adds an entry, whose activations lie <c>pixel</c> elements behind i.</summary>
    static abstract TSelf AddOne(TSelf sums, nint pixel, byte* i, HalfEntry wi);

    /// <summary>Adds two entries of a run.</summary>
    /// <param name="sums">A pixel's.</param>
    /// <param name="run">Its run.</param>
    /// <param name="wi">The first entry's weights.</param>
    /// <param name="wj">The second's.</param>
    /// <param name="index">Which of the run's groups the first meets, a constant to the JIT.</param>
    /// <param name="next">Which the second meets.</param>
    static abstract TSelf AddSelected(TSelf sums, Vector128<sbyte> run, HalfEntry wi, HalfEntry wj, byte index, byte next);
}
