using System;

namespace MobileNetGen.Samples.Train.Data;

/// <summary>Images that cannot be used; the message says why.</summary>
internal sealed class DatasetException(string message) : Exception(message);
