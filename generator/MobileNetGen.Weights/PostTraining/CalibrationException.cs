using System;

namespace MobileNetGen.Weights.PostTraining;

/// <summary>A network that cannot be quantised with the images given. The message says why, and what to do.</summary>
/// <param name="message">For the user.</param>
public sealed class CalibrationException(string message) : Exception(message);
