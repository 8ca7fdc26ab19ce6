using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using Google.FlatBuffers;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.TensorFlowLite;

namespace MobileNetGen.Tool.Tests.Import;

public class MetadataTests
{
    [Fact]
    public void A_normalisation_and_packed_texts_are_read()
    {
        TensorFlowLiteMetadata metadata = TensorFlowLiteMetadata.Read(File("cat\ndog\n"));
        Assert.Equal([123.7f, 116.3f, 103.5f], metadata.Mean.AsEnumerable());
        Assert.Equal([58.4f, 57.1f, 57.4f], metadata.Std.AsEnumerable());
        Assert.Equal([123.7m, 116.3m, 103.5m], metadata.Normalization!.Mean.AsEnumerable());
        Assert.Equal([58.4m, 57.1m, 57.4m], metadata.Normalization.Std.AsEnumerable());
        Assert.Equal(["cat", "dog"], Assert.Single(metadata.Texts).AsEnumerable());
    }

    [Fact]
    public void A_file_without_metadata_says_nothing()
    {
        TensorFlowLiteMetadata metadata = TensorFlowLiteMetadata.Read(Model(null));
        Assert.Empty(metadata.Mean);
        Assert.Null(metadata.Normalization);
        Assert.Empty(metadata.Texts);
    }

    [Fact]
    public void A_damaged_file_is_read_as_far_as_it_goes_or_refused()
    {
        byte[] file = File("cat\ndog\n");
        var random = new Random(1);
        for (int i = 0; i < 4000; i++)
        {
            byte[] damaged = file[..random.Next(file.Length / 2, file.Length + 1)];
            for (int n = random.Next(6); n >= 0; n--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                TensorFlowLiteMetadata.Read(damaged);
            }
            catch (WeightsException)
            {
                // The message is for people; that nothing else is thrown is what counts.
            }
        }
    }

    /// <summary>A model with metadata, and an archive of one text behind it.</summary>
    private static byte[] File(string labels)
    {
        var stream = new MemoryStream();
        stream.Write(Model(Metadata()));
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using Stream entry = archive.CreateEntry("labels.txt", CompressionLevel.Optimal).Open();
            entry.Write(Encoding.UTF8.GetBytes(labels));
        }

        return stream.ToArray();
    }

    /// <summary>Field numbers are those of <c>schema.fbs</c>.</summary>
    private static byte[] Model(byte[]? metadata)
    {
        var builder = new FlatBufferBuilder(256);
        VectorOffset buffers = default, entries = default;
        if (metadata is not null)
        {
            VectorOffset data = Bytes(builder, metadata);
            buffers = Tables(builder, Table(builder, 2, (0, data.Value)));
            StringOffset name = builder.CreateString("TFLITE_METADATA");
            builder.StartTable(2);
            builder.AddOffset(0, name.Value, 0);
            builder.AddUint(1, 0, 1);
            entries = Tables(builder, builder.EndTable());
        }

        int model = metadata is null ? Table(builder, 8) : Table(builder, 8, (4, buffers.Value), (6, entries.Value));
        builder.Finish(model, "TFL3");
        return builder.SizedByteArray();
    }

    /// <summary>Field numbers are those of <c>metadata_schema.fbs</c>.</summary>
    private static byte[] Metadata()
    {
        var builder = new FlatBufferBuilder(256);
        VectorOffset mean = Floats(builder, 123.7f, 116.3f, 103.5f), std = Floats(builder, 58.4f, 57.1f, 57.4f);
        int options = Table(builder, 2, (0, mean.Value), (1, std.Value));
        builder.StartTable(2);
        builder.AddByte(0, 1, 0);
        builder.AddOffset(1, options, 0);
        VectorOffset units = Tables(builder, builder.EndTable());
        VectorOffset inputs = Tables(builder, Table(builder, 7, (4, units.Value)));
        VectorOffset subgraphs = Tables(builder, Table(builder, 8, (2, inputs.Value)));
        builder.Finish(Table(builder, 8, (3, subgraphs.Value)), "M001");
        return builder.SizedByteArray();
    }

    private static int Table(FlatBufferBuilder builder, int fields, params (int Field, int Value)[] offsets)
    {
        builder.StartTable(fields);
        foreach ((int field, int value) in offsets)
            builder.AddOffset(field, value, 0);
        return builder.EndTable();
    }

    private static VectorOffset Tables(FlatBufferBuilder builder, int table)
    {
        builder.StartVector(4, 1, 4);
        builder.AddOffset(table);
        return builder.EndVector();
    }

    private static VectorOffset Floats(FlatBufferBuilder builder, params float[] values)
    {
        builder.StartVector(4, values.Length, 4);
        for (int i = values.Length - 1; i >= 0; i--)
            builder.AddFloat(values[i]);
        return builder.EndVector();
    }

    private static VectorOffset Bytes(FlatBufferBuilder builder, byte[] values)
    {
        builder.StartVector(1, values.Length, 16);
        for (int i = values.Length - 1; i >= 0; i--)
            builder.AddByte(values[i]);
        return builder.EndVector();
    }
}
