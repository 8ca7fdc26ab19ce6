using System;

namespace MobileNetGen.Samples.Benchmarks;

/// <summary>Something the user can put right; the message says how.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);
