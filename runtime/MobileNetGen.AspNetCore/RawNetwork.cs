using System;

namespace MobileNetGen.AspNetCore;

/// <summary>A generated class's <c>RunRaw</c>: from the network's own numbers to its own numbers.</summary>
/// <typeparam name="T"><see cref="float"/>, <see cref="byte"/> or <see cref="sbyte"/>, as the class has it.</typeparam>
/// <param name="input">An input, [height][width][channels].</param>
/// <param name="output">Gets the result.</param>
public delegate void RawNetwork<T>(ReadOnlySpan<T> input, Span<T> output) where T : unmanaged;
