using System;
using System.Collections.Generic;
using System.Text;

namespace MobileNetGen.Weights.Tests.Formats.Detectors;

/// <summary>Writes a FlexBuffer that is a map of names to numbers, by the format's description: everything four bytes wide.</summary>
internal static class FlexBytes
{
    private const int Width = 4;

    /// <summary>The map.</summary>
    /// <param name="entries">Values are int, float or bool.</param>
    public static byte[] Map(params (string Key, object Value)[] entries)
    {
        var bytes = new List<byte>();
        var keys = new List<int>();
        foreach ((string key, _) in entries)
        {
            keys.Add(bytes.Count);
            bytes.AddRange([.. Encoding.UTF8.GetBytes(key), 0]);
        }

        while (bytes.Count % Width != 0)
            bytes.Add(0);
        Add(entries.Length);
        int keyVector = bytes.Count;
        foreach (int key in keys)
            Add(bytes.Count - key);
        Add(bytes.Count - keyVector);
        Add(Width);
        Add(entries.Length);
        int map = bytes.Count;
        foreach ((_, object value) in entries)
            bytes.AddRange(value is float number ? BitConverter.GetBytes(number) : BitConverter.GetBytes(Convert.ToInt32(value, null)));
        foreach ((_, object value) in entries)
            bytes.Add((byte)(((value switch { float => 3, bool => 26, _ => 1 }) << 2) | 2));
        Add(bytes.Count - map);
        bytes.AddRange([(9 << 2) | 2, Width]);
        return [.. bytes];

        void Add(int number) => bytes.AddRange(BitConverter.GetBytes(number));
    }
}
