namespace MobileNetGen.AspNetCore.Serving;

/// <summary>An output that a request asks for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Classes">How many of the best classes are wanted in place of scores; null for scores.</param>
/// <param name="IsBinary">Whether it is wanted as binary data; null where the request as a whole decides.</param>
internal sealed record RequestedOutput(string Name, int? Classes = null, bool? IsBinary = null);
