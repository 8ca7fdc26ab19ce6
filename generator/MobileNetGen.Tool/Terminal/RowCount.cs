using System;
using System.Diagnostics;
using System.Globalization;

namespace MobileNetGen.Tool.Terminal;

/// <summary>How far a run is that writes rows, and how fast, in a line.</summary>
internal sealed class RowCount
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private TimeSpan _last;

    /// <summary>Gives the line, if the last is old enough.</summary>
    /// <param name="rows">Rows so far.</param>
    /// <param name="errors">How many of them are errors.</param>
    /// <param name="before">How many of them were there before.</param>
    /// <param name="age">How old the last line must be.</param>
    /// <param name="show">Takes the line.</param>
    public void Report(long rows, long errors, long before, TimeSpan age, Action<string> show)
    {
        TimeSpan now = _watch.Elapsed;
        if (now - _last < age)
            return;
        _last = now;
        show(string.Create(CultureInfo.InvariantCulture, $"{rows:N0} rows, {errors:N0} of them errors, {(rows - before) / now.TotalSeconds:N0} a second"));
    }
}
