using System.Linq;

namespace MobileNetGen.Teaching.Fitting;

/// <summary>Multinomial logistic regression.</summary>
internal static class LogisticRegression
{
    private static readonly LimitedMemoryBfgs.Stop s_exact = new(1e-9, 1e-15, 5000);

    private static readonly LimitedMemoryBfgs.Stop s_rough = new(1e-5, 1e-6, 200);

    /// <summary>Fits all examples, by way of stronger penalties, each of which begins where the one before ended.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="chosen">The index of the penalty's strength.</param>
    public static LinearModel Fit(Examples examples, int chosen)
    {
        int[] rows = [.. Enumerable.Range(0, examples.Classes.Length)];
        var objective = new LogisticObjective(examples, rows, Standardization.Of(examples.Features, rows));
        var parameters = new double[objective.ParameterCount];
        for (int s = 0; s <= chosen; s++)
            Minimize(objective, CrossValidation.Strengths[s], parameters, isLast: s == chosen);
        return objective.Model(parameters);
    }

    /// <summary>Finds the best parameters at one strength.</summary>
    /// <param name="objective">What is minimised.</param>
    /// <param name="strength">λ.</param>
    /// <param name="parameters">Where to begin; becomes the best.</param>
    /// <param name="isLast">Whether they are wanted as exactly as numbers allow.</param>
    /// <returns>The least value.</returns>
    public static double Minimize(LogisticObjective objective, double strength, double[] parameters, bool isLast) =>
        LimitedMemoryBfgs.Minimize((point, gradient) => objective.Evaluate(point, strength, gradient), parameters, isLast ? s_exact : s_rough);
}
