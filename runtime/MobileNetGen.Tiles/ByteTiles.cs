using System.Linq;
using static MobileNetGen.Tiles.Template;

namespace MobileNetGen.Tiles;

/// <summary>
/// Register tiles of convolutions of bytes, each some pixels of some outputs of a block: those in some columns of a strip's rows. There is a text for entries that are added one by one, and
/// for those in batches. Even numbers are the first half of a tile's pixels, odd ones the second half, which may lie in another row.
/// </summary>
internal static class ByteTiles
{
    private static readonly string[] s_numbers = ["", "One", "Two", "Three", "Four"], s_ends = ["", "Ones", "Twos", "Threes", "Fours"];

    /// <param name="name">Of the methods.</param>
    /// <param name="sums">What they ask of the arithmetic.</param>
    /// <param name="batches">The entries of a batch, the largest first.</param>
    public static string Text(string name, string sums, params int[] batches)
        => Text(name, sums, MostPixels, "using System.Runtime.CompilerServices;" + (batches.Length == 1 ? "\nusing System.Runtime.Intrinsics.X86;" : ""), "TSums.MakesBytes(sizeof(TPixels))", string.Join('\n', batches.Select(entries => Batches(entries, prefetches: batches.Length == 1))), FourPixelTargets);

    /// <summary>Of sums that grow by runs: a run of each pixel is loaded, and all outputs meet it, some entries at a time.</summary>
    /// <param name="name">Of the methods.</param>
    /// <param name="sums">What they ask of the arithmetic.</param>
    /// <param name="entries">Entries that are added at once.</param>
    /// <param name="most">The pixels of the tallest tile.</param>
    public static string RunText(string name, string sums, int entries, int most)
        => Text(name, sums, most, "using System.Runtime.CompilerServices;\nusing System.Runtime.Intrinsics;", null, Runs(entries, most) + "\n" + Batches(1, most).Replace("TSums wi = TSums.Load(", "var wi = TSums.LoadWeights("), PixelTargets(most));

    private static string Text(string name, string sums, int most, string usings, string? targets, string additions, string storeTargets)
    {
        string present = targets is null ? "target.IsPresent" : "isDirect && target.IsPresent", lane = targets is null ? " + panel.Lane" : "";
        const string parameters = "in ByteStrip strip, in TilePlace place, in BytePanel panel, int* bias, in ByteTarget target", arguments = "strip, place, panel, bias, target";
        return File(usings, "UInt8Kernels", Template.Text($$"""
            /// <summary>The tiles of a place. By steps first: what names a tile has to find it when it is compiled, used or not.</summary>
            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            internal static void {{name}}<TSums>({{parameters}})
                where TSums : struct, {{sums}}<TSums>
            {
                if (strip.Step == 16)
                    {{name}}<TSums, N16>({{arguments}});
                else if (strip.Step == 8)
                    {{name}}<TSums, N8>({{arguments}});
                else
                    {{name}}<TSums, N0>({{arguments}});
            }

            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            internal static void {{name}}<TSums, TStep>({{parameters}})
                where TSums : struct, {{sums}}<TSums> where TStep : struct, IConstant
            {
                {{Switch("place.Pixels", i => $"{name}<TSums, N{i}, TStep>({arguments})", most)}}
            }

            /// <summary>Register tiles, whose sums stay in locals, so in registers. The JIT compiles this for every number of pixels and step in use, and drops the pixels beyond it.</summary>
            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            private static void {{name}}<TSums, TPixels, TStep>({{parameters}})
                where TSums : struct, {{sums}}<TSums> where TPixels : unmanaged, IConstant where TStep : struct, IConstant
            {
                {{(targets is null ? "" : $"bool isDirect = {targets};")}}
                nint step = TStep.Value > 0 ? TStep.Value : strip.Step;
                int columns = place.Columns, firstHalf = (columns + 1) / 2;
                for (int row = place.FirstRow; row < place.EndRow; row += place.Rows)
                {
                    nint pixel = row * strip.Width + place.Column, halfPixels = firstHalf, half = firstHalf * step;
                    if (place.Rows == 2)
                    {
                        halfPixels = strip.Width;
                        half = (nint)(strip.Inputs[row + 1] - strip.Inputs[row]);
                    }
                    byte* first = strip.Inputs[row] + place.Column * step;
                    int* sums = strip.Sums + pixel * Lanes + panel.Lane, halfSums = sums + halfPixels * Lanes;
                    byte* bytes = null, halfBytes = null;
                    if ({{present}})
                    {
                        bytes = target.Pixel(row, place.Column){{lane}};
                        halfBytes = place.Rows == 2 ? target.Pixel(row + 1, place.Column){{lane}} : bytes + firstHalf * Lanes;
                    }
                    for (int tile = 0; tile < place.Tiles; tile++, first += columns * step, sums += columns * Lanes, halfSums += columns * Lanes)
                    {
                        sbyte* weights = panel.Weights;
                        int* entry = panel.Offsets;
                        TSums a0 = TSums.Load(bias), {{Copies("a", most)}};
                        {{additions}}

                        if ({{present}})
                        {
                            {{storeTargets}}
                            bytes += columns * Lanes;
                            halfBytes += columns * Lanes;
                            continue;
                        }

                        {{Pixels(i => $"a{i}.Store(sums{(i == 0 ? "" : $" + {i / 2} * Lanes")});", parity: 0, most: most)}}
                        {{Pixels(i => $"a{i}.Store(halfSums{(i == 1 ? "" : $" + {i / 2} * Lanes")});", parity: 1, most: most)}}
                    }
                }
            }
            """));
    }

    /// <summary>Writes the bytes of up to four pixels at once.</summary>
    private static string FourPixelTargets => """
        TSums.StoreBytes(a0, a2, a4, a6, (sizeof(TPixels) + 1) / 2, target, bytes);
        if (sizeof(TPixels) > 8)
            TSums.StoreBytes(a8, a10, a12, a12, (sizeof(TPixels) + 1) / 2 - 4, target, bytes + 4 * Lanes);
        if (sizeof(TPixels) > 1)
            TSums.StoreBytes(a1, a3, a5, a7, sizeof(TPixels) / 2, target, halfBytes);
        if (sizeof(TPixels) > 9)
            TSums.StoreBytes(a9, a11, a13, a13, sizeof(TPixels) / 2 - 4, target, halfBytes + 4 * Lanes);
        """;

    /// <summary>Writes the bytes of pixel after pixel.</summary>
    private static string PixelTargets(int most) => Template.Text($$"""
        TSums factor = TSums.LoadNumbers(target.Factor + panel.Lane), offset = TSums.LoadNumbers(target.Offset + panel.Lane);
        Vector128<byte> min = target.Min, max = target.Max;
        {{Pixels(i => $"TSums.StoreBytes(a{i}, factor, offset, min, max, target, {(i % 2 == 0 ? "bytes" : "halfBytes")}{(i < 2 ? "" : $" + {i / 2} * Lanes")});", most: most)}}
        """);

    /// <summary>Adds all runs.</summary>
    private static string Runs(int entries, int most)
    {
        string[] letters = ["i", "j"];
        return Template.Text($$"""
            for (int* end = panel.Fours; entry < end; entry += 4, weights += 4 * BlobLayout.Entry)
            {
                byte* run = first + *entry, halfRun = run + half;
                Vector128<sbyte> x0 = SignedBytes.Load(run){{string.Concat(Enumerable.Range(1, most - 1).Select(i => $", x{i} = x0"))}};
                {{Pixels(i => i == 0 ? "" : $"x{i} = SignedBytes.Load({(i % 2 == 0 ? "run" : "halfRun")}{(i / 2) switch { 0 => "", 1 => " + step", var place => $" + {place} * step" }});", most: most).TrimStart()}}
                {{string.Join('\n', letters.Take(entries).Select((l, i) => $"var w{l} = TSums.LoadWeights(weights{Entry(i)});"))}}
                {{string.Join('\n', Enumerable.Range(0, 4 / entries).Select(group => (group == 0 ? "" : string.Join('\n', letters.Take(entries).Select((l, i) => $"w{l} = TSums.LoadWeights(weights{Entry((group * entries) + i)});")) + "\n")
                    + Pixels(i => $"a{i} = TSums.AddSelected(a{i}, x{i}, {string.Join(", ", letters.Take(entries).Select(l => "w" + l))}, {string.Join(", ", Enumerable.Range(group * entries, entries))});", most: most)))}}
            }
            """);
    }

    private static string Entry(int index) => index switch { 0 => "", 1 => " + BlobLayout.Entry", _ => $" + {index} * BlobLayout.Entry" };

    /// <summary>Adds all batches of so many entries.</summary>
    private static string Batches(int entries, int most = MostPixels, bool prefetches = false)
    {
        string[] letters = ["i", "j", "k", "l"];
        string pointers = string.Join(", ", letters.Take(entries)), add = $"Add{s_numbers[entries]}", advance = entries == 1 ? "entry++" : $"entry += {entries}";
        return Template.Text($$"""
            for (int* end = panel.{{s_ends[entries]}}; entry < end; {{advance}}, weights += {{(entries == 1 ? "" : $"{entries} * ")}}BlobLayout.Entry)
            {
                byte* {{string.Join(", ", letters.Take(entries).Select((l, i) => $"{l} = first + entry[{i}]"))}};
                TSums {{string.Join(", ", letters.Take(entries).Select((l, i) => $"w{l} = TSums.Load(weights{Entry(i)})"))}};
                {{(prefetches ? "if (TSums.PrefetchesWeights)\n    Sse.Prefetch0(weights + (panel.End - panel.Weights));" : "")}}
                {{Pixels(Add, parity: 0, most: most)}}
                {{string.Join('\n', letters.Take(entries).Select(l => $"{l} += half;"))}}
                {{Pixels(Add, parity: 1, most: most)}}
            }
            """);

        string Add(int i) => $"a{i} = TSums.{add}(a{i}, {(i / 2) switch { 0 => "0", 1 => "step", var place => $"{place} * step" }}, {pointers}, {string.Join(", ", letters.Take(entries).Select(l => "w" + l))});";
    }
}
