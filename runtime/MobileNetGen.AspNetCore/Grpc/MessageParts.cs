using System.Buffers;

namespace MobileNetGen.AspNetCore.Grpc;

/// <summary>Counts the parts of an inference request without parsing it.</summary>
internal static class MessageParts
{
    /// <summary>The most parts: inputs, outputs, parameters, strings and lists of numbers. Requests have a dozen, and a string more for each image of a batch.</summary>
    private const int Most = 4096;

    /// <summary>Levels whose parts are counted: the request, a tensor, its contents.</summary>
    private const int Levels = 3;

    private const int Inputs = 5, Outputs = 6, Contents = 5;

    /// <summary>Looks through a message.</summary>
    /// <exception cref="InferenceException">It has too many parts, or is none.</exception>
    public static void Check(ReadOnlySequence<byte> message)
    {
        int count = 0;
        Count(message, level: 0, ref count);
    }

    private static void Count(ReadOnlySequence<byte> message, int level, ref int count)
    {
        var reader = new SequenceReader<byte>(message);
        while (!reader.End)
        {
            ulong tag = Varint(ref reader), field = tag >> 3;
            switch (tag & 7)
            {
                case 0:
                    Varint(ref reader);
                    break;
                case 1:
                    Skip(ref reader, sizeof(ulong));
                    break;
                case 5:
                    Skip(ref reader, sizeof(uint));
                    break;
                case 2:
                    if (++count > Most)
                        throw new InferenceException(Problem.Invalid, $"The message has more than {Most} parts.");
                    ulong length = Varint(ref reader);
                    if (length > (ulong)reader.Remaining)
                        throw Damaged();
                    if (level + 1 < Levels && (level == 0 ? field is Inputs or Outputs : field == Contents))
                        Count(reader.UnreadSequence.Slice(0, (long)length), level + 1, ref count);
                    reader.Advance((long)length);
                    break;
                default:
                    throw Damaged();
            }
        }
    }

    private static ulong Varint(ref SequenceReader<byte> reader)
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (!reader.TryRead(out byte part))
                break;
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }

        throw Damaged();
    }

    private static void Skip(ref SequenceReader<byte> reader, int bytes)
    {
        if (reader.Remaining < bytes)
            throw Damaged();
        reader.Advance(bytes);
    }

    private static InferenceException Damaged() => new(Problem.Invalid, "The message is damaged.");
}
