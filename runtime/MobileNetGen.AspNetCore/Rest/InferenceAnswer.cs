using System;

namespace MobileNetGen.AspNetCore.Rest;

/// <summary>The body of an answer.</summary>
/// <param name="Body">JSON, and binary data behind it.</param>
/// <param name="JsonLength">How much of it is JSON; null where all is.</param>
internal readonly record struct InferenceAnswer(ReadOnlyMemory<byte> Body, int? JsonLength);
