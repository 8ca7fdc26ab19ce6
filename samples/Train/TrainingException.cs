using System;

namespace MobileNetGen.Samples.Train;

/// <summary>Something that the user can put right; the message says how.</summary>
internal sealed class TrainingException(string message) : Exception(message);
