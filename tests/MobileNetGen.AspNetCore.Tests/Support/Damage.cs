using System;
using System.Collections.Generic;

namespace MobileNetGen.AspNetCore.Tests.Support;

/// <summary>What happens to requests on their way, or on purpose.</summary>
internal static class Damage
{
    /// <summary>Bytes of another value, left out, put in, cut off, or said twice.</summary>
    public static byte[] To(Random random, byte[] good)
    {
        var bytes = new List<byte>(good);
        for (int i = random.Next(1, 4); i > 0 && bytes.Count > 0; i--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveAt(at);
                    break;
                case 2:
                    bytes.Insert(at, "\"[]{}:,0-9eE\\\0\u00ff"u8[random.Next(14)]);
                    break;
                case 3:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    bytes.InsertRange(at, bytes[..random.Next(Math.Min(bytes.Count, 40))]);
                    break;
            }
        }

        return [.. bytes];
    }
}
