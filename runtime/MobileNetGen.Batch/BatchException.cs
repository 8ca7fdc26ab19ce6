using System;

namespace MobileNetGen.Batch;

/// <summary>A run cannot begin or go on: an input is not there, the output belongs to another run, a disk is full. A photograph that cannot be read is no reason; it is a row with an error.</summary>
/// <param name="message">What is wrong, and what to do.</param>
/// <param name="inner">What failed beneath, if anything did.</param>
public sealed class BatchException(string message, Exception? inner = null) : Exception(message, inner);
