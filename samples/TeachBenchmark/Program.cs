using System;
using System.Globalization;
using System.IO;
using MobileNetGen.Samples.TeachBenchmark;
#if REFERENCE_DATA
using MobileNetGen.Teaching;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is not [var folder, .. var counts] || !Directory.Exists(Path.Combine(folder, "train")) || !Directory.Exists(Path.Combine(folder, "test")))
{
    Console.Error.WriteLine("Usage: TeachBenchmark FOLDER [COUNT …]    teaches the classes in FOLDER/train with so many photographs each, and counts what is right in FOLDER/test");
    return 2;
}

int[] numbers = counts.Length == 0 ? [10, 50, 200, 1000] : Array.ConvertAll(counts, c => int.Parse(c));
Comparison.Run("MobileNetV2 0.5, 160, uint8", FeatureExtractor.Of<V2_0_5_160>(), folder, numbers);
Comparison.Run("MobileNetV2 0.35, 224, float32", FeatureExtractor.Of<V2_0_35_224>(), folder, numbers);
return 0;
#else

Console.Error.WriteLine("The networks whose features are compared are not there.");
return 1;
#endif
