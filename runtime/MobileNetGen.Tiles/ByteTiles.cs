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
    {
        const string parameters = "in ByteStrip strip, in TilePlace place, in BytePanel panel, int* bias, in ByteTarget target", arguments = "strip, place, panel, bias, target";
        return File("using System.Runtime.CompilerServices;", "UInt8Kernels", Template.Text($$"""
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
            private static void {{name}}<TSums, TStep>({{parameters}})
                where TSums : struct, {{sums}}<TSums> where TStep : struct, IConstant
            {
                {{Switch("place.Pixels", i => $"{name}<TSums, N{i}, TStep>({arguments})")}}
            }

            /// <summary>Register tiles, whose sums stay in locals, so in registers. The JIT compiles this for every number of pixels and step in use, and drops the pixels beyond it.</summary>
            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            private static void {{name}}<TSums, TPixels, TStep>({{parameters}})
                where TSums : struct, {{sums}}<TSums> where TPixels : unmanaged, IConstant where TStep : struct, IConstant
            {
                bool isDirect = ByteTarget.Takes<TSums>() && ByteTarget.Pays(sizeof(TPixels));
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
                    if (isDirect && target.IsPresent)
                    {
                        bytes = target.Pixel(row, place.Column);
                        halfBytes = place.Rows == 2 ? target.Pixel(row + 1, place.Column) : bytes + firstHalf * Lanes;
                    }
                    for (int tile = 0; tile < place.Tiles; tile++, first += columns * step, sums += columns * Lanes, halfSums += columns * Lanes)
                    {
                        sbyte* weights = panel.Weights;
                        int* entry = panel.Offsets;
                        TSums a0 = TSums.Load(bias), {{Copies("a")}};
                        {{string.Join('\n', batches.Select(Batches))}}

                        if (isDirect && target.IsPresent)
                        {
                            target.Store(a0, a2, a4, a6, (sizeof(TPixels) + 1) / 2, bytes);
                            if (sizeof(TPixels) > 8)
                                target.Store(a8, a10, a12, a12, (sizeof(TPixels) + 1) / 2 - 4, bytes + 4 * Lanes);
                            if (sizeof(TPixels) > 1)
                                target.Store(a1, a3, a5, a7, sizeof(TPixels) / 2, halfBytes);
                            if (sizeof(TPixels) > 9)
                                target.Store(a9, a11, a13, a13, sizeof(TPixels) / 2 - 4, halfBytes + 4 * Lanes);
                            bytes += columns * Lanes;
                            halfBytes += columns * Lanes;
                            continue;
                        }

                        {{Pixels(i => $"a{i}.Store(sums{(i == 0 ? "" : $" + {i / 2} * Lanes")});", parity: 0)}}
                        {{Pixels(i => $"a{i}.Store(halfSums{(i == 1 ? "" : $" + {i / 2} * Lanes")});", parity: 1)}}
                    }
                }
            }
            """));
    }

    /// <summary>Adds all batches of so many entries.</summary>
    private static string Batches(int entries)
    {
        string[] letters = ["i", "j", "k", "l"];
        string pointers = string.Join(", ", letters.Take(entries)), add = $"Add{s_numbers[entries]}", advance = entries == 1 ? "entry++" : $"entry += {entries}";
        return Template.Text($$"""
            for (int* end = panel.{{s_ends[entries]}}; entry < end; {{advance}}, weights += {{(entries == 1 ? "" : $"{entries} * ")}}BlobLayout.Entry)
            {
                byte* {{string.Join(", ", letters.Take(entries).Select((l, i) => $"{l} = first + entry[{i}]"))}};
                TSums {{string.Join(", ", letters.Take(entries).Select((l, i) => $"w{l} = TSums.Load(weights{(i == 0 ? "" : i == 1 ? " + BlobLayout.Entry" : $" + {i} * BlobLayout.Entry")})"))}};
                {{Pixels(Add, parity: 0)}}
                {{string.Join('\n', letters.Take(entries).Select(l => $"{l} += half;"))}}
                {{Pixels(Add, parity: 1)}}
            }
            """);

        string Add(int i) => $"a{i} = TSums.{add}(a{i}, {(i / 2) switch { 0 => "0", 1 => "step", var place => $"{place} * step" }}, {pointers}, {string.Join(", ", letters.Take(entries).Select(l => "w" + l))});";
    }
}
