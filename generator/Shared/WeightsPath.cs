using System.IO;

namespace MobileNetGen.Files;

/// <summary>Paths by which users know weights.</summary>
internal static class WeightsPath
{
    /// <summary>What the index of a TensorFlow checkpoint has behind the checkpoint's name, by which users know it and which is no file.</summary>
    public const string CheckpointIndex = ".index";

    /// <summary>The file that a path stands for: itself, or the index of the TensorFlow checkpoint of which it is the prefix; null where there is neither.</summary>
    public static string? Find(string path) =>
        File.Exists(path) ? path : File.Exists(path + CheckpointIndex) ? path + CheckpointIndex : null;
}
