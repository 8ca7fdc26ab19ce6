using System;
using System.Collections.Generic;
using System.Globalization;
using MobileNetGen.Runtime;
using MobileNetGen.Samples.Arm64;

// NETWORK CALLS: calls one of the networks so often, and ends. run.sh counts the instructions.
var networks = new Dictionary<string, Network>
{
    [nameof(Float32_V1_1_0_224)] = Float32_V1_1_0_224.Run,
    [nameof(Float32_V2_0_5_160)] = Float32_V2_0_5_160.Run,
    [nameof(Float32_V2_1_0_224)] = Float32_V2_1_0_224.Run,
    [nameof(Int8_V1_1_0_224)] = Int8_V1_1_0_224.Run,
    [nameof(Int8_V2_0_5_160)] = Int8_V2_0_5_160.Run,
    [nameof(Int8_V2_1_0_224)] = Int8_V2_1_0_224.Run,
    [nameof(UInt8_V1_1_0_224)] = UInt8_V1_1_0_224.Run,
    [nameof(UInt8_V2_0_5_160)] = UInt8_V2_0_5_160.Run,
    [nameof(UInt8_V2_1_0_224)] = UInt8_V2_1_0_224.Run,
};
if (args.Length != 2 || !networks.TryGetValue(args[0], out Network? run) || !int.TryParse(args[1], CultureInfo.InvariantCulture, out int calls))
{
    Console.Error.WriteLine("usage: NETWORK CALLS, where a network is one of " + string.Join(", ", networks.Keys));
    return 2;
}

int side = args[0].EndsWith("224", StringComparison.Ordinal) ? 224 : 160;
var pixels = new byte[side * side * 3];
new Random(1).NextBytes(pixels);
var scores = new float[1001];
for (int i = 0; i < calls; i++)
    run(pixels, scores);
Console.WriteLine(Prediction.IndexOfBest(scores));
return 0;

internal delegate void Network(ReadOnlySpan<byte> pixels, Span<float> scores);
