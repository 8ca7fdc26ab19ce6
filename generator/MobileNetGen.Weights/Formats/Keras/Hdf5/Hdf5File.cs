using System;
using System.Collections.Generic;

namespace MobileNetGen.Weights.Formats.Keras.Hdf5;

/// <summary>An HDF5 file in memory, in the form that h5py writes by default: HDF5 1.6's.</summary>
/// <remarks>
/// Only what Keras writes is read: groups with symbol tables, attributes in headers, and data in one piece, neither compressed nor in other files. A general HDF5
/// library follows links to other files, and descends as deep and allocates as much as the file says; a weights file from a stranger must not decide any of these.
/// </remarks>
internal sealed class Hdf5File
{
    private readonly Dictionary<ulong, Hdf5Object> _objects = [];
    private readonly Dictionary<ulong, Dictionary<uint, (ulong Start, ulong Length)>> _collections = [];

    /// <summary>Opens a file.</summary>
    /// <exception cref="WeightsException">It is not an HDF5 file, damaged, or of another form.</exception>
    public Hdf5File(byte[] bytes)
    {
        if (!HasSignature(bytes))
        {
            throw new WeightsException(
                "The file is not an HDF5 file, which begins with \"\\x89HDF\". Save or fetch it again; a web page or a Git LFS pointer saved under its name looks like this.");
        }

        Bytes = new Hdf5Bytes(bytes);
        ReadOnlySpan<byte> superblock = Bytes.Read(0, 16, "the superblock");
        if (superblock[8] is not (0 or 1))
            throw Hdf5Bytes.Unsupported("the form of HDF5 1.8 or later");
        if (superblock[13] != 8 || superblock[14] != 8)
            throw Hdf5Bytes.Unsupported("addresses of other than eight bytes");
        uint addresses = superblock[8] == 0 ? 24u : 28u;
        ReadOnlySpan<byte> root = Bytes.Read(addresses, 48, "the superblock");
        if (Hdf5Bytes.UInt64(root) != 0)
            throw Hdf5Bytes.Unsupported("a base address");
        Root = Object(Hdf5Bytes.UInt64(root[40..]));
    }

    /// <summary>The bytes it has.</summary>
    public Hdf5Bytes Bytes { get; }

    /// <summary>The group that all else is in.</summary>
    public Hdf5Object Root { get; }

    /// <summary>Whether a file begins as one of HDF5 does.</summary>
    public static bool HasSignature(ReadOnlySpan<byte> head) => head.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'H', (byte)'D', (byte)'F', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n']);

    /// <summary>The group or dataset at an address.</summary>
    public Hdf5Object Object(ulong address)
    {
        if (!_objects.TryGetValue(address, out Hdf5Object? found))
            _objects.Add(address, found = new Hdf5Object(this, address));
        return found;
    }

    /// <summary>An object of a global heap: where texts of any length are.</summary>
    public ReadOnlySpan<byte> HeapObject(ulong collection, uint index)
    {
        if (!_collections.TryGetValue(collection, out Dictionary<uint, (ulong Start, ulong Length)>? objects))
            _collections.Add(collection, objects = ReadCollection(collection));
        return objects.TryGetValue(index, out (ulong Start, ulong Length) place)
            ? Bytes.Read(place.Start, place.Length, "an object of a heap")
            : throw Hdf5Bytes.Damaged($"object {index} of the heap at byte {collection} is missing");
    }

    private Dictionary<uint, (ulong Start, ulong Length)> ReadCollection(ulong address)
    {
        ulong size = Hdf5Bytes.UInt64(Bytes.Read(address, 16, "GCOL"u8, "a heap")[8..]);
        ReadOnlySpan<byte> left = Hdf5Bytes.After(Bytes.Read(address, size, "a heap"), 16);
        var objects = new Dictionary<uint, (ulong, ulong)>();
        while (left.Length >= 16 && Hdf5Bytes.UInt16(left) is var index and not 0)
        {
            ulong length = Hdf5Bytes.UInt64(left[8..]);
            left = left[16..];
            if (length > (ulong)left.Length || !objects.TryAdd(index, (address + size - (ulong)left.Length, length)))
                throw Hdf5Bytes.Damaged($"object {index} of the heap at byte {address} does not fit into it, or is there twice");

            // Objects begin at multiples of eight; the last one may lack its padding.
            left = left[(int)Math.Min((length + 7) & ~7ul, (ulong)left.Length)..];
        }

        return objects;
    }
}
