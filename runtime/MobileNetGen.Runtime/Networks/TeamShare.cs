using System.ComponentModel;

namespace MobileNetGen.Runtime;

/// <summary>A member's part of what a team shares.</summary>
/// <param name="First">The first of it.</param>
/// <param name="End">The one behind the last.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct TeamShare(int First, int End)
{
    /// <summary>How many there are.</summary>
    public int Count => End - First;
}
