using System;
using System.ComponentModel;
using System.IO;
using System.Reflection;

namespace MobileNetGen.Runtime;

/// <summary>Finds a network's packed weights inside the assembly that the generated class was compiled into.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static unsafe class EmbeddedWeights
{
    /// <summary>
    /// A pointer to an embedded resource, without copying it. It has no particular alignment. It stays valid for as long as the assembly is
    /// loaded: a resource is part of the assembly's image, which is mapped once and never moves, and the stream is only a view of it. A generated
    /// class keeps the pointer in a static field of that same assembly, so the field cannot outlive what it points to.
    /// </summary>
    /// <param name="assembly">The assembly that holds the resource.</param>
    /// <param name="name">The resource's logical name.</param>
    /// <param name="length">The length in bytes that the generated code was made for.</param>
    /// <exception cref="InvalidOperationException">The resource is missing, has another length, or is not mapped in memory.</exception>
    public static byte* Open(Assembly assembly, string name, long length)
    {
        using Stream? stream = assembly.GetManifestResourceStream(name);
        if (stream is not UnmanagedMemoryStream mapped || mapped.Length != length)
            throw Wrong(assembly, name, length, stream);
        return mapped.PositionPointer;
    }

    // Apart from the method above, because the first call of a network waits for that to be compiled.
    private static InvalidOperationException Wrong(Assembly assembly, string name, long length, Stream? stream)
    {
        string? owner = assembly.GetName().Name;
        return new InvalidOperationException(
            stream is null ? $"The weights '{name}' are not a resource of {owner}. The MobileNetGen build step embeds them: build the project that has the .mbnet file again."
            : stream.Length != length ? $"The weights '{name}' in {owner} have {stream.Length} bytes, but the code was generated for {length}. Build the project that has the .mbnet file again."
            : $"The weights '{name}' in {owner} are not mapped in memory ({stream.GetType().Name}).");
    }
}
