using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MobileNetGen.Tool.Terminal;
using MobileNetGen.Weights.Formats;

namespace MobileNetGen.Tool.Import.Detectors;

/// <summary>How predictors are built: <c>kernel 3 separable</c>.</summary>
/// <param name="Kernel">Rows and columns of the kernel.</param>
/// <param name="IsSeparable">Whether the kernel is a depthwise layer's, with a 1×1 convolution behind it.</param>
internal sealed record PredictorKind(int Kernel, bool IsSeparable)
{
    /// <summary>As the language has it.</summary>
    public override string ToString() => $"predict kernel {Kernel}{(IsSeparable ? " separable" : "")}";
}

/// <summary>A map of a detector, and what is predicted on it.</summary>
/// <param name="Value">The map: an index into <see cref="SourceNetwork.Values"/>.</param>
/// <param name="Height">Its rows.</param>
/// <param name="Width">Its columns.</param>
/// <param name="Boxes">Boxes on each of its cells.</param>
/// <param name="Kind">How its predictors are built.</param>
internal sealed record PredictedMap(int Value, int Height, int Width, int Boxes, PredictorKind Kind);

/// <summary>The predictors among the operators of a detector.</summary>
/// <param name="Operators">They, and what belongs to them alone.</param>
/// <param name="Maps">The maps that they read.</param>
internal sealed record SourcePredictors(ImmutableHashSet<SourceOperator> Operators, ImmutableArray<PredictedMap> Maps)
{
    /// <summary>Finds them, from their results back to the maps.</summary>
    /// <exception cref="InputException">A predictor is none that the language has.</exception>
    public static SourcePredictors Of(SourceNetwork network)
    {
        Dictionary<int, SourceOperator> producers = network.Operators.ToDictionary(o => o.Output);
        var operators = ImmutableHashSet.CreateBuilder<SourceOperator>();
        var maps = ImmutableArray.CreateBuilder<PredictedMap>();
        foreach (SourceHead head in network.Detector!.Heads)
        {
            (int map, PredictorKind kind) = Back(head.Boxes);
            if (Back(head.Scores) != (map, kind))
                throw new InputException($"{producers[head.Boxes].Place} and {producers[head.Scores].Place} predict boxes and scores of one map, but are built in two ways, or read two maps; the language has one.");
            ImmutableArray<int> shape = network.Values[head.Boxes].Shape;
            maps.Add(new PredictedMap(map, shape[^3], shape[^2], shape[^1] / 4, kind));
        }

        return new SourcePredictors(operators.ToImmutable(), maps.ToImmutable());

        (int Map, PredictorKind Kind) Back(int result)
        {
            SourceOperator last = Producer(result);
            if (last is not SourceConvolution convolution)
                throw new InputException($"{last.Place}, predicts boxes or scores; a convolution was expected.");
            int kernel = convolution.Weights.Shape[1];

            // A map has two readers at least: what predicts boxes, and what predicts scores.
            bool isInner = network.Operators.Count(o => o.Inputs.Contains(convolution.Input)) == 1;
            if (kernel > 1 || !isInner || producers.GetValueOrDefault(convolution.Input) is not SourceDepthwise depthwise)
                return (convolution.Input, new PredictorKind(kernel, false));
            operators.Add(depthwise);
            return (depthwise.Input, new PredictorKind(depthwise.Weights.Shape[0], true));
        }

        SourceOperator Producer(int value)
        {
            while (true)
            {
                SourceOperator producer = producers[value];
                operators.Add(producer);
                if (producer is not (SourceQuantize or SourceDequantize))
                    return producer;
                value = producer.Inputs[0];
            }
        }
    }
}
