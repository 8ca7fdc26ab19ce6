using System;

namespace MobileNetGen.Weights.Formats;

/// <summary>A weights file that cannot be used. The message says what was found, what was expected and, where there is a remedy, the remedy.</summary>
/// <remarks>The only exception that the readers throw for what a file holds, however malformed or hostile it is.</remarks>
public sealed class WeightsException : Exception
{
    /// <summary>Creates the exception with its message, which is shown to the user as it stands.</summary>
    public WeightsException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its message and what led to it.</summary>
    public WeightsException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
