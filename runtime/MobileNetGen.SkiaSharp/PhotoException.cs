using System;

namespace MobileNetGen.SkiaSharp;

/// <summary>A photograph cannot be read: there is no such file, it is of no known kind, damaged, or too large. The message says which, and names the file.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="inner">What failed beneath, if anything did.</param>
public sealed class PhotoException(string message, Exception? inner = null) : Exception(message, inner);
