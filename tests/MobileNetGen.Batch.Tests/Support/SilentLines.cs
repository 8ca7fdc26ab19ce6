using System.IO;
using System.Threading;

namespace MobileNetGen.Batch.Tests.Support;

/// <summary>A line, and then nothing, as of somebody who does not close a pipe.</summary>
internal sealed class SilentLines(string line, ManualResetEventSlim end) : TextReader
{
    private bool _isGiven;

    /// <inheritdoc/>
    public override int Read(char[] buffer, int index, int count)
    {
        if (_isGiven)
        {
            end.Wait();
            return 0;
        }

        _isGiven = true;
        $"{line}\n".CopyTo(0, buffer, index, line.Length + 1);
        return line.Length + 1;
    }
}
