using System;

namespace MobileNetGen.Weights.Formats.Keras.Hdf5;

/// <summary>The elements of a dataset or of an attribute.</summary>
internal readonly ref struct Hdf5Values
{
    private readonly Hdf5File _file;
    private readonly ReadOnlySpan<byte> _data;

    /// <summary>Elements that are somewhere in the file.</summary>
    /// <exception cref="WeightsException">There are fewer bytes than the elements have.</exception>
    public Hdf5Values(Hdf5File file, Hdf5Datatype type, Hdf5Dataspace space, ReadOnlySpan<byte> data)
    {
        long length = (long)space.Count * type.Size;
        if (length > data.Length)
            throw Hdf5Bytes.Damaged($"{space.Count} elements of {type.Size} bytes have {data.Length} bytes in all");
        (_file, Type, Space) = (file, type, space);
        _data = data[..(int)length];
    }

    /// <summary>What the elements are.</summary>
    public Hdf5Datatype Type { get; }

    /// <summary>How many they are, along which dimensions.</summary>
    public Hdf5Dataspace Space { get; }

    /// <summary>Reads a message about an attribute, if it has the name.</summary>
    public static bool TryReadAttribute(Hdf5File file, ReadOnlySpan<byte> message, string name, out Hdf5Values values)
    {
        (byte version, byte flags) = (Hdf5Bytes.First(message, 8)[0], message[1]);
        if (version is < 1 or > 3)
            throw Hdf5Bytes.Unsupported($"attributes of version {version}");
        if (version > 1 && flags != 0)
            throw Hdf5Bytes.Unsupported("attributes that share their type");

        // The first version pads each part to a multiple of eight bytes.
        int multiple = version == 1 ? 8 : 1;
        ReadOnlySpan<byte> left = Hdf5Bytes.After(message, version == 3 ? 9 : 8);
        ReadOnlySpan<byte> own = Take(ref left, Hdf5Bytes.UInt16(message[2..]), multiple);
        ReadOnlySpan<byte> type = Take(ref left, Hdf5Bytes.UInt16(message[4..]), multiple);
        ReadOnlySpan<byte> space = Take(ref left, Hdf5Bytes.UInt16(message[6..]), multiple);
        bool isNamed = Hdf5Bytes.Text(own) == name;
        values = isNamed ? new Hdf5Values(file, Hdf5Datatype.Read(type), Hdf5Dataspace.Read(space), left) : default;
        return isNamed;
    }

    /// <summary>The elements as real numbers in single precision, every one finite.</summary>
    /// <param name="name">What they are, for messages.</param>
    public float[] Floats(string name)
    {
        if (Type.Class != ElementClass.Real)
            throw new WeightsException($"\"{name}\" is not of little-endian float16, float32 or float64; parameters are.");
        var floats = new float[Space.Count];
        for (int i = 0; i < floats.Length; i++)
        {
            floats[i] = Type.Single(_data[(i * Type.Size)..]);
            if (!float.IsFinite(floats[i]))
                throw new WeightsException($"Element {i} of \"{name}\" is not a finite number. The training diverged, or the file is damaged.");
        }

        return floats;
    }

    /// <summary>The elements as texts. An empty list has the type of real numbers where NumPy made it.</summary>
    /// <param name="name">What they are, for messages.</param>
    public string[] Texts(string name)
    {
        if (Space.Count > 0 && Type.Class is not (ElementClass.FixedText or ElementClass.Text))
            throw new WeightsException($"The attribute \"{name}\" is not text. The file is damaged, or was not written by Keras.");
        var texts = new string[Space.Count];
        for (int i = 0; i < texts.Length; i++)
        {
            ReadOnlySpan<byte> element = _data.Slice(i * Type.Size, Type.Size);
            texts[i] = Hdf5Bytes.Text(Type.Class == ElementClass.Text ? Elsewhere(element) : element);
        }

        return texts;
    }

    private ReadOnlySpan<byte> Elsewhere(ReadOnlySpan<byte> element)
    {
        (uint length, ulong collection, uint index) = (Hdf5Bytes.UInt32(element), Hdf5Bytes.UInt64(element[4..]), Hdf5Bytes.UInt32(element[12..]));
        ReadOnlySpan<byte> text = length == 0 ? default : _file.HeapObject(collection, index);
        return length <= (uint)text.Length ? text[..(int)length] : throw Hdf5Bytes.Damaged($"a text of {length} bytes lies in an object of {text.Length}");
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> left, int length, int multiple)
    {
        ReadOnlySpan<byte> part = Hdf5Bytes.First(left, length);
        left = left[Math.Min((length + multiple - 1) / multiple * multiple, left.Length)..];
        return part;
    }
}
