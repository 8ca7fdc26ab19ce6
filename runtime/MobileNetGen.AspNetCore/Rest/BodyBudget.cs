using System.Threading;

namespace MobileNetGen.AspNetCore.Rest;

/// <summary>The memory that all bodies take together, so that many large ones at once cannot take all there is.</summary>
/// <param name="limits">How much that may be.</param>
internal sealed class BodyBudget(InferenceLimits limits)
{
    private long _taken;

    /// <summary>Takes some.</summary>
    /// <exception cref="InferenceException">There is not so much left.</exception>
    public void Take(int bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= limits.MaximumBufferedBytes)
            return;
        Return(bytes);
        throw new InferenceException(Problem.Busy, "There is no memory for the body beside those of other requests; send it again in a second.");
    }

    /// <summary>Gives some back.</summary>
    public void Return(int bytes) => Interlocked.Add(ref _taken, -bytes);
}
