using System;
using System.Globalization;
using System.IO;
using MobileNetGen.Samples.TeachBenchmark;
#if REFERENCE_DATA
using MobileNetGen.Teaching;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is not [var folder] || !Directory.Exists(Path.Combine(folder, "train")) || !Directory.Exists(Path.Combine(folder, "test")))
{
    Console.Error.WriteLine("Usage: TeachBenchmark FOLDER    teaches the classes in FOLDER/train, from ten photographs a class up, and counts what is right in FOLDER/test");
    return 2;
}

Comparison.Run("MobileNetV2 0.35, 224, float32", FeatureExtractor.Of<V2_0_35_224>(), folder);
Comparison.Run("MobileNetV2 0.5, 160, uint8", FeatureExtractor.Of<V2_0_5_160>(), folder);
return 0;
#else

Console.Error.WriteLine("The networks whose features are compared are not there.");
return 1;
#endif
