namespace MobileNetGen.Compiler.Networks;

/// <summary>A result that callers get.</summary>
/// <param name="Name">Its name, by which the text calls it: a layer, or the block that became one.</param>
/// <param name="Layer">The layer that gives it.</param>
/// <param name="Shape">Its shape. Callers get its values in the order rows, columns, channels.</param>
/// <param name="IsVector">Whether it is a vector; a map of one pixel is none.</param>
/// <param name="IsImplied">Whether it is one because it is the last, and not because the text says so.</param>
public sealed record NetworkOutput(string Name, string Layer, Shape Shape, bool IsVector, bool IsImplied)
{
    /// <summary>Number of values.</summary>
    public int Length => (int)Shape.Length;
}
