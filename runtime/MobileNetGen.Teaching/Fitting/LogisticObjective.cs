using System;
using System.Linq;
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
            _blocks[i] = new Block(new double[ParameterCount], new float[FixedOrder.Rows * _stride], [.. Enumerable.Range(0, FixedOrder.Rows).Select(_ => new double[examples.ClassCount])]);
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

    /// <summary>Adds up a block, four rows at a time: the weights and the gradient are then read from the second cache once for four rows, and not for each.</summary>
    private void Add(int index)
    {
        Block block = _blocks[index];
        block.Loss = 0;
        Array.Clear(block.Gradient);
        int end = Math.Min((index + 1) * BlockSize, _rows.Length);
        Span<double> residuals = stackalloc double[FixedOrder.Rows];
        for (int at = index * BlockSize; at < end; at += FixedOrder.Rows)
        {
            int count = Math.Min(FixedOrder.Rows, end - at);
            for (int n = 0; n < FixedOrder.Rows; n++)
            {
                Span<float> row = block.Rows.AsSpan(n * _stride, _stride);
                if (n < count)
                    _examples.Features[_rows[at + n]].CopyTo(row);
                else
                    row.Clear();
            }

            for (int k = 0; k < _examples.ClassCount; k++)
            {
                ReadOnlySpan<double> weights = _effective.AsSpan(k * _stride, _stride);
                for (int n = 0; n < FixedOrder.Rows; n += 2)
                {
                    (double first, double second) = FixedOrder.Dot(weights, block.Rows.AsSpan(n * _stride, _stride), block.Rows.AsSpan((n + 1) * _stride, _stride));
                    block.Logits[n][k] = _effective[FirstBias + k] + first;
                    block.Logits[n + 1][k] = _effective[FirstBias + k] + second;
                }
            }

            for (int n = 0; n < count; n++)
            {
                int row = _rows[at + n];
                double logit = block.Logits[n][_examples.Classes[row]];
                block.Loss += _examples.Weights[row] * (Softmax.InPlace(block.Logits[n]) - logit);
            }

            for (int k = 0; k < _examples.ClassCount; k++)
            {
                residuals.Clear();
                for (int n = 0; n < count; n++)
                {
                    int row = _rows[at + n];
                    residuals[n] = _examples.Weights[row] * (block.Logits[n][k] - (k == _examples.Classes[row] ? 1 : 0));
                    block.Gradient[FirstBias + k] += residuals[n];
                }

                FixedOrder.AddScaled(residuals, block.Rows, block.Gradient.AsSpan(k * _stride, _stride));
            }
        }
    }

    /// <param name="gradient">The block's sums.</param>
    /// <param name="rows">Four rows of features, padded.</param>
    /// <param name="logits">Their logits, which become probabilities.</param>
    private sealed class Block(double[] gradient, float[] rows, double[][] logits)
    {
        public double Loss { get; set; }

        public double[] Gradient => gradient;

        public float[] Rows => rows;

        public double[][] Logits => logits;
    }
}
