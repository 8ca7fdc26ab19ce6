using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using MobileNetGen.Samples.NativeAot;

// Without arguments: one call. With a number: as many fresh processes of this program, timed from outside up to their first result.
if (args is [var count])
{
    double[] times = [.. Enumerable.Range(0, int.Parse(count, CultureInfo.InvariantCulture)).Select(_ => Start()).Order()];
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"process start to first result: minimum {times[0]:0.0} ms, median {times[times.Length / 2]:0.0} ms"));
    return;
}

var pixels = new byte[MobileNetV2_1_0_224.InputHeight * MobileNetV2_1_0_224.InputWidth * MobileNetV2_1_0_224.InputChannels];
var scores = new float[MobileNetV2_1_0_224.OutputLength];
var calls = new double[50];
long firstResult = 0;
for (int i = 0; i < calls.Length; i++)
{
    long start = Stopwatch.GetTimestamp();
    MobileNetV2_1_0_224.Run(pixels, scores);
    long end = Stopwatch.GetTimestamp();
    firstResult = i == 0 ? end : firstResult;
    calls[i] = Milliseconds(start, end);
}

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{firstResult} first call {calls[0]:0.0} ms, second {calls[1]:0.0} ms, best of {calls.Length} {calls.Min():0.0} ms"));

// A process's first word is the time of its first result, by a clock that all processes of the machine share.
static double Start()
{
    long start = Stopwatch.GetTimestamp();
    using Process process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true })!;
    string output = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    return Milliseconds(start, long.Parse(output.Split(' ')[0], CultureInfo.InvariantCulture));
}

static double Milliseconds(long start, long end) => Stopwatch.GetElapsedTime(start, end).TotalMilliseconds;
