using System;
using System.Collections.Generic;
using System.Formats.Tar;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using MobileNetGen.Batch.Inputs;
using MobileNetGen.Batch.Tests.Support;
using MobileNetGen.SkiaSharp;

namespace MobileNetGen.Batch.Tests.Inputs;

public class ArchivesTests
{
    private static readonly string s_long = string.Concat(Enumerable.Repeat("folder of a long name/", 12)) + "größe.png";

    [Theory]
    [InlineData(TarEntryFormat.V7)]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    public async Task A_tar_of_any_form_gives_its_photographs_in_order(TarEntryFormat format)
    {
        using var drawn = new Drawn();
        string[] names = ["z.png", "a/b.png", .. format is TarEntryFormat.Pax or TarEntryFormat.Gnu ? [s_long] : Array.Empty<string>(), new string('d', format == TarEntryFormat.Ustar ? 90 : 20) + "/" + new string('n', 70) + ".png"];
        List<BatchRow> rows = await Rows(drawn.Write("shard.tar", Tar(format, [.. names.Select((n, i) => (n, Drawn.Png(i))), ("notes.txt", "text"u8.ToArray())])));
        Assert.Equal(names.Select(n => $"{drawn["shard.tar"]}/{n}"), rows.Select(r => r.File));
        Assert.Equal(Enumerable.Range(0, names.Length), rows.Select(r => r.Predictions.Single().Index));
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.SmallestSize)]
    public async Task A_zip_gives_its_photographs_in_order(CompressionLevel level)
    {
        using var drawn = new Drawn();
        List<BatchRow> rows = await Rows(drawn.Write("shard.zip", Zip(level, ("z.png", Drawn.Png(0)), ("a/", []), (s_long, Drawn.Png(1)), ("a/notes.md", "text"u8.ToArray()))));
        Assert.Equal([$"{drawn["shard.zip"]}/z.png", $"{drawn["shard.zip"]}/{s_long}"], rows.Select(r => r.File));
        Assert.Equal([0, 1], rows.Select(r => r.Predictions.Single().Index));
    }

    [Fact]
    public async Task Names_that_lead_out_of_the_archive_are_errors()
    {
        using var drawn = new Drawn();
        (string, byte[])[] files = [.. new[] { "../a.png", "a/../../b.png", "/etc/c.png", "..\\d.png", "C:/e.png", "good.png", "./f..g.png" }.Select(n => (n, Drawn.Png(1)))];
        foreach (List<BatchRow> rows in new[] { await Rows(drawn.Write("a.tar", Tar(TarEntryFormat.Gnu, files))), await Rows(drawn.Write("a.zip", Zip(CompressionLevel.Fastest, files))) })
        {
            Assert.Equal(7, rows.Count);
            Assert.All(rows[..5], r => Assert.Equal("its name leads out of the archive.", r.Error));
            Assert.All(rows[5..], r => Assert.Null(r.Error));
        }
    }

    [Fact]
    public async Task Bombs_and_huge_sizes_are_errors_before_memory_is_taken()
    {
        using var drawn = new Drawn();

        // 64 MiB of zeros in 64 KiB, and the same with a size that is a lie.
        byte[] zip = Zip(CompressionLevel.Optimal, ("bomb.png", new byte[64 << 20]), ("good.png", Drawn.Png(3)));
        List<BatchRow> rows = await Rows(drawn.Write("a.zip", zip), 1 << 20);
        Assert.Contains("it has 67,108,864 bytes; the limit is 1,048,576", rows[0].Error, StringComparison.Ordinal);
        Assert.Null(rows[1].Error);
        int directory = zip.AsSpan().IndexOf("PK\u0001\u0002"u8);
        BitConverter.GetBytes(1000).CopyTo(zip, directory + 24);
        rows = await Rows(drawn.Write("b.zip", zip), 1 << 20);
        Assert.NotNull(rows[0].Error);
        Assert.Null(rows[1].Error);

        // A size beyond the end, in octal and in base 256; and names of two gigabytes.
        byte[] tar = Tar(TarEntryFormat.Ustar, ("a.png", Drawn.Png(1)));
        foreach ((byte kind, byte[] size) in new (byte, byte[])[]
            { ((byte)'0', "77777777777\0"u8.ToArray()), ((byte)'0', [0x80, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]), ((byte)'0', [.. Enumerable.Repeat((byte)0xFF, 12)]), ((byte)'x', "17777777777\0"u8.ToArray()) })
        {
            rows = await Rows(drawn.Write("lies.tar", Lie(tar, kind, size)));
            Assert.Contains("ends too early", Assert.Single(rows).Error, StringComparison.Ordinal);
        }

        byte[] names = Tar(TarEntryFormat.Gnu, (new string('n', 70_000) + ".png", Drawn.Png(1)));
        Assert.Contains("the limit is 65,536", Assert.Single(await Rows(drawn.Write("names.tar", names))).Error, StringComparison.Ordinal);
        Assert.Contains("no tar archive", Assert.Single(await Rows(drawn.Write("packed.tar", Encoding.ASCII.GetBytes(new string('x', 2000))))).Error, StringComparison.Ordinal);
        await Assert.ThrowsAsync<BatchException>(() => Rows(drawn["none.tar"]));
    }

    [Fact]
    public void Damage_of_any_byte_or_length_is_rows_and_no_more()
    {
        using var drawn = new Drawn();
        foreach ((string name, byte[] whole) in new[]
        {
            ("a.tar", Tar(TarEntryFormat.Pax, ("a.png", Drawn.Png(1)), ("größe.png", Drawn.Png(2)))), ("b.tar", Tar(TarEntryFormat.Gnu, (s_long, Drawn.Png(1)))),
            ("c.zip", Zip(CompressionLevel.Fastest, ("a.png", Drawn.Png(1)), ("b.png", Drawn.Png(2)))),
        })
        {
            var random = new Random(1);
            int expected = Read(drawn.Write(name, whole));
            for (int i = 0; i < 1000; i++)
            {
                byte[] damaged = i < 100 ? whole[..random.Next(whole.Length)] : [.. whole];
                if (i >= 100)
                    damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
                Assert.InRange(Read(drawn.Write(name, damaged)), 0, expected + 1);
            }
        }
    }

    /// <summary>Reads all files of an archive.</summary>
    private static int Read(string archive)
    {
        int count = 0;
        var allowance = new Allowance(1 << 20, CancellationToken.None);
        foreach (BatchItem item in Archives.Items(archive))
        {
            count++;
            try
            {
                item.Read(1 << 20, allowance).Dispose();
            }
            catch (PhotoException)
            {
                // What is wrong with a file is its row's error.
            }
        }

        return count;
    }

    /// <summary>Writes a kind and a size into the first header, with the sum that it then has.</summary>
    private static byte[] Lie(byte[] tar, byte kind, byte[] size)
    {
        byte[] lying = [.. tar];
        lying[156] = kind;
        size.CopyTo(lying, 124);
        lying.AsSpan(148, 8).Fill((byte)' ');
        Encoding.ASCII.GetBytes(Convert.ToString(lying[..512].Sum(b => b), 8).PadLeft(6, '0') + "\0 ").CopyTo(lying, 148);
        return lying;
    }

    private static byte[] Tar(TarEntryFormat format, params (string Name, byte[] Bytes)[] files)
    {
        using var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, format, leaveOpen: true))
        {
            foreach ((string name, byte[] bytes) in files)
            {
                TarEntryType kind = format == TarEntryFormat.V7 ? TarEntryType.V7RegularFile : TarEntryType.RegularFile;
                TarEntry entry = format switch
                {
                    TarEntryFormat.V7 => new V7TarEntry(kind, name),
                    TarEntryFormat.Ustar => new UstarTarEntry(kind, name),
                    TarEntryFormat.Gnu => new GnuTarEntry(kind, name),
                    _ => new PaxTarEntry(kind, name),
                };
                entry.DataStream = new MemoryStream(bytes);
                writer.WriteEntry(entry);
            }
        }

        return archive.ToArray();
    }

    private static byte[] Zip(CompressionLevel level, params (string Name, byte[] Bytes)[] files)
    {
        using var archive = new MemoryStream();
        using (var zip = new ZipArchive(archive, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] bytes) in files)
            {
                using Stream entry = zip.CreateEntry(name, level).Open();
                entry.Write(bytes);
            }
        }

        return archive.ToArray();
    }

    private static async Task<List<BatchRow>> Rows(string archive, int maximumBytes = BatchJob.DefaultMaximumBytes)
    {
        var rows = new List<BatchRow>();
        await foreach (BatchRow row in new BatchJob(archive) { MaximumBytes = maximumBytes, Threads = 1 }.RowsAsync(new Colours()))
            rows.Add(row);
        return rows;
    }
}
