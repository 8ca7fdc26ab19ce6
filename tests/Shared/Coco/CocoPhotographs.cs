using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace MobileNetGen.Tests.Coco;

/// <summary>Photographs with the objects in them, as YOLO's text files have those: a line with class 0 to 79, centre x and y, width and height, 0 to 1 of the photograph.</summary>
internal static class CocoPhotographs
{
    /// <summary>COCO's ids of the classes in use.</summary>
    private static readonly int[] s_ids =
    [
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 27, 28, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44,
        46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 67, 70, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 84, 85, 86, 87, 88, 89, 90,
    ];

    /// <summary>The objects of each photograph, 0 to 1 of its sides.</summary>
    /// <param name="folder">A folder with photographs and a folder <c>labels</c>.</param>
    public static Dictionary<string, CocoBox[]> Objects(string folder)
        => Directory.GetFiles(Path.Combine(folder, "labels"), "*.txt").Order(System.StringComparer.Ordinal)
            .ToDictionary(file => Path.GetFileNameWithoutExtension(file), file => File.ReadLines(file).Where(line => line.Length > 0).Select(Parse).ToArray());

    private static CocoBox Parse(string line)
    {
        double[] numbers = [.. line.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
        return new CocoBox(s_ids[(int)numbers[0]], numbers[1] - (numbers[3] / 2), numbers[2] - (numbers[4] / 2), numbers[1] + (numbers[3] / 2), numbers[2] + (numbers[4] / 2));
    }
}
