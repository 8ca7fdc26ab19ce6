using System;
using System.Threading.Tasks;

namespace MobileNetGen.Teaching.Fitting;

/// <summary>
/// The objective of multinomial logistic regression on standardised features: the weighted mean of −ln p(class), plus λ/2 times the sum of squared weights; biases are free. Convex, so there is one best
/// model and no rate or number of epochs to choose.
/// </summary>
/// <remarks>
/// Parameters are classes × padded features, and the biases behind them. Features are standardised by what multiplies them, so that no copy of them is needed. Rows are summed in blocks of a fixed size
/// and blocks in their order: the sums do not depend on the number of processors.
/// </remarks>
internal sealed class LogisticObjective
{
    private const int BlockSize = 256;

    private readonly Examples _examples;
    private readonly int[] _rows;
    private readonly Standardization _standardization;
    private readonly int _stride;
    private readonly double _totalWeight;
    private readonly Block[] _blocks;
    private readonly double[] _effective;

    /// <param name="examples">All examples.</param>
    /// <param name="rows">Those of them that are fitted.</param>
    /// <param name="standardization">What is done to features.</param>
    public LogisticObjective(Examples examples, int[] rows, Standardization standardization)
    {
        (_examples, _rows, _standardization) = (examples, rows, standardization);
        _stride = FixedOrder.Padded(examples.Length);
        foreach (int row in rows)
            _totalWeight += examples.Weights[row];
        _effective = new double[ParameterCount];
        _blocks = new Block[(rows.Length + BlockSize - 1) / BlockSize];
        for (int i = 0; i < _blocks.Length; i++)
            _blocks[i] = new Block(new double[ParameterCount], new double[_stride], new double[examples.ClassCount]);
    }

    /// <summary>How many parameters there are, padding included.</summary>
    public int ParameterCount => (_examples.ClassCount * _stride) + FixedOrder.Padded(_examples.ClassCount);

    private int FirstBias => _examples.ClassCount * _stride;

    /// <summary>The objective and its gradient.</summary>
    /// <param name="parameters">Where.</param>
    /// <param name="strength">λ, 0 or more.</param>
    /// <param name="gradient">Gets the gradient.</param>
    public double Evaluate(double[] parameters, double strength, double[] gradient)
    {
        Fold(parameters, _effective);
        if (_blocks.Length == 1)
            Add(0);
        else
            Parallel.For(0, _blocks.Length, Add);
        double loss = 0;
        Array.Clear(gradient);
        foreach (Block block in _blocks)
        {
            loss += block.Loss;
            FixedOrder.AddScaled(1, block.Gradient, gradient);
        }

        // From what multiplies features to what multiplies standardised ones.
        for (int k = 0; k < _examples.ClassCount; k++)
        {
            double bias = gradient[FirstBias + k];
            for (int i = 0; i < _stride; i++)
            {
                ref double slope = ref gradient[(k * _stride) + i];
                slope = ((slope - (bias * _standardization.Means[i])) * _standardization.Factors[i] / _totalWeight) + (strength * parameters[(k * _stride) + i]);
            }

            gradient[FirstBias + k] = bias / _totalWeight;
        }

        ReadOnlySpan<double> weights = parameters.AsSpan(0, FirstBias);
        return (loss / _totalWeight) + (strength / 2 * FixedOrder.Dot(weights, weights));
    }

    /// <summary>The model that takes features as they are.</summary>
    public LinearModel Model(double[] parameters)
    {
        var folded = new double[ParameterCount];
        Fold(parameters, folded);
        return new LinearModel(folded[..FirstBias], folded[FirstBias..(FirstBias + _examples.ClassCount)]);
    }

    private void Fold(double[] parameters, double[] folded)
    {
        for (int k = 0; k < _examples.ClassCount; k++)
        {
            Span<double> weights = folded.AsSpan(k * _stride, _stride);
            for (int i = 0; i < weights.Length; i++)
                weights[i] = parameters[(k * _stride) + i] * _standardization.Factors[i];
            folded[FirstBias + k] = parameters[FirstBias + k] - FixedOrder.Dot(weights, _standardization.Means);
        }
    }

    private void Add(int index)
    {
        Block block = _blocks[index];
        block.Loss = 0;
        Array.Clear(block.Gradient);
        int end = Math.Min((index + 1) * BlockSize, _rows.Length);
        for (int at = index * BlockSize; at < end; at++)
        {
            int row = _rows[at], expected = _examples.Classes[row];
            ReadOnlySpan<float> features = _examples.Features[row];
            double weight = _examples.Weights[row];
            for (int i = 0; i < features.Length; i++)
                block.Row[i] = features[i];
            for (int k = 0; k < block.Scores.Length; k++)
                block.Scores[k] = _effective[FirstBias + k] + FixedOrder.Dot(block.Row, _effective.AsSpan(k * _stride, _stride));
            double logit = block.Scores[expected];
            block.Loss += weight * (Softmax.InPlace(block.Scores) - logit);
            for (int k = 0; k < block.Scores.Length; k++)
            {
                double residual = weight * (block.Scores[k] - (k == expected ? 1 : 0));
                FixedOrder.AddScaled(residual, block.Row, block.Gradient.AsSpan(k * _stride, _stride));
                block.Gradient[FirstBias + k] += residual;
            }
        }
    }

    private sealed class Block(double[] gradient, double[] row, double[] scores)
    {
        public double Loss { get; set; }

        public double[] Gradient => gradient;

        public double[] Row => row;

        public double[] Scores => scores;
    }
}
