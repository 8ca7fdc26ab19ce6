using System.ComponentModel;

namespace MobileNetGen.Runtime;

/// <summary>One of the threads that run a network together, to generated code. Its default is a thread that runs alone.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly unsafe struct TeamMember
{
    private readonly Team? _team;
    private readonly int _index, _members;

    internal TeamMember(Team team, int index, int members) => (_team, _index, _members) = (team, index, members);

    /// <summary>Whether it is the first, which does what cannot be shared.</summary>
    public bool IsFirst => _index == 0;

    /// <summary>Working memory of its own, aligned to 64 bytes; null for the first, which has the caller's.</summary>
    public byte* Scratch => _index == 0 ? null : _team!.ScratchOf(_index);

    /// <summary>Its part of some rows, or of other things that are computed each by itself. Parts differ by one at most, and the first is never empty unless all are.</summary>
    /// <param name="count">How many there are, 0 … 2²⁴.</param>
    public TeamShare Share(int count) => _team is null
        ? new TeamShare(0, count)
        : new TeamShare(Begin(_index, count), Begin(_index + 1, count));

    /// <summary>Waits until every member has come here.</summary>
    public void Wait() => _team?.Wait(_members);

    // Rounds up, so that the earlier parts are the larger ones.
    private int Begin(int index, int count) => ((index * count) + _members - 1) / _members;
}
