using System.IO;

namespace MobileNetGen.Batch.Tests.Support;

/// <summary>The same line for ever.</summary>
internal sealed class EndlessLines(string line) : TextReader
{
    private readonly char[] _line = [.. line, '\n'];

    public long Given { get; private set; }

    public override int Read(char[] buffer, int index, int count)
    {
        Given++;
        _line.CopyTo(buffer, index);
        return _line.Length;
    }
}
