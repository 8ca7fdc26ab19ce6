using System;

namespace MobileNetGen.Teaching;

/// <summary>Nothing can be taught from what there is: no classes, too few photographs, none that can be read. The message says what to do.</summary>
/// <param name="message">What is wrong, and what to do.</param>
/// <param name="inner">What failed beneath, if anything did.</param>
public sealed class TeachingException(string message, Exception? inner = null) : Exception(message, inner);
