using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using System.Text;

namespace MobileNetGen.Weights.Formats.PyTorch;

/// <summary>
/// Reads a Python pickle without executing it. A pickle is a program for a stack machine that may name any function of any module and call it; here
/// names stay names, and a call makes an inert <see cref="PickleObject"/> unless <see cref="Call"/> knows what the function would have returned.
/// </summary>
/// <remarks>Values are null, bool, long, BigInteger, double, string, byte[], object?[] (a tuple), List (a list or set), and the types of PickleValues.cs.</remarks>
/// <param name="data">The bytes in which pickles lie.</param>
/// <param name="position">Where the first of them starts.</param>
internal abstract class PickleMachine(byte[] data, int position)
{
    /// <summary>A MobileNet's module takes some 30,000, a checkpoint with its optimiser's state twice that.</summary>
    private const int MaximumOperations = 1_000_000;

    private const int MaximumProtocol = 5;

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly List<object?> _stack = [];
    private readonly Stack<int> _marks = [];
    private readonly Dictionary<long, object?> _memo = [];
    private int _operations;

    /// <summary>Where the next byte is read: behind a pickle, once it was read.</summary>
    public int Position => position;

    /// <summary>Reads one pickle.</summary>
    /// <exception cref="WeightsException">It is malformed, or of a protocol before 2.</exception>
    public object? Read()
    {
        _stack.Clear();
        _marks.Clear();
        _memo.Clear();
        while (true)
        {
            if (++_operations > MaximumOperations)
                throw new WeightsException($"The file's pickle has more than {MaximumOperations} operations; a MobileNet's has some 30,000. Save the network's state_dict() alone.");
            byte opcode = Bytes(1)[0];
            if (opcode == (byte)'.')
                return Pop();
            Execute(opcode);
        }
    }

    /// <summary>The value that a persistent id stands for.</summary>
    protected abstract object? Load(object? id);

    /// <summary>What a function or class makes of its arguments.</summary>
    protected abstract object? Call(PickleGlobal function, object?[] arguments);

    /// <summary>The exception for a pickle that is not well formed.</summary>
    protected WeightsException Broken(string what) => new($"The file is damaged: at byte {position} of its pickle, {what}. Fetch or save it again.");

    /// <summary>The next bytes of the pickle.</summary>
    protected ReadOnlySpan<byte> Bytes(long count)
    {
        if (count < 0 || count > data.Length - position)
            throw Broken($"{count} bytes were expected and {data.Length - position} are left, as where a download was cut off");
        ReadOnlySpan<byte> bytes = data.AsSpan(position, (int)count);
        position += (int)count;
        return bytes;
    }

    private void Execute(byte opcode)
    {
        switch (opcode)
        {
            case 0x80: // PROTO
                if (Bytes(1)[0] > MaximumProtocol)
                    throw Broken($"a protocol after {MaximumProtocol} is named");
                break;
            case 0x95: // FRAME
                Bytes(8);
                break;
            case (byte)'(': // MARK
                _marks.Push(_stack.Count);
                break;
            case (byte)'0': // POP
                Pop();
                break;
            case (byte)'1': // POP_MARK
                PopToMark();
                break;
            case (byte)'2': // DUP
                _stack.Add(Top());
                break;
            case (byte)'N': // NONE
                _stack.Add(null);
                break;
            case 0x88: // NEWTRUE
            case 0x89: // NEWFALSE
                _stack.Add(opcode == 0x88);
                break;
            case (byte)'J': // BININT
                _stack.Add((long)BinaryPrimitives.ReadInt32LittleEndian(Bytes(4)));
                break;
            case (byte)'K': // BININT1
            case (byte)'M': // BININT2
                _stack.Add(Unsigned(opcode == (byte)'K' ? 1 : 2));
                break;
            case 0x8a: // LONG1
                _stack.Add(Integer(Bytes(Unsigned(1))));
                break;
            case (byte)'G': // BINFLOAT
                _stack.Add(BinaryPrimitives.ReadDoubleBigEndian(Bytes(8)));
                break;
            case (byte)'U': // SHORT_BINSTRING, of Python 2
                _stack.Add(Encoding.Latin1.GetString(Bytes(Unsigned(1))));
                break;
            case (byte)'T': // BINSTRING, of Python 2
                _stack.Add(Encoding.Latin1.GetString(Bytes(Unsigned(4))));
                break;
            case 0x8c: // SHORT_BINUNICODE
                _stack.Add(Text(Bytes(Unsigned(1))));
                break;
            case (byte)'X': // BINUNICODE
                _stack.Add(Text(Bytes(Unsigned(4))));
                break;
            case 0x8d: // BINUNICODE8
                _stack.Add(Text(Bytes(Unsigned(8))));
                break;
            case (byte)'C': // SHORT_BINBYTES
                _stack.Add(Bytes(Unsigned(1)).ToArray());
                break;
            case (byte)'B': // BINBYTES
                _stack.Add(Bytes(Unsigned(4)).ToArray());
                break;
            case 0x8e: // BINBYTES8
                _stack.Add(Bytes(Unsigned(8)).ToArray());
                break;
            case (byte)')': // EMPTY_TUPLE
                _stack.Add(Array.Empty<object?>());
                break;
            case (byte)'t': // TUPLE
                _stack.Add(PopToMark());
                break;
            case 0x85: // TUPLE1
            case 0x86: // TUPLE2
            case 0x87: // TUPLE3
                _stack.Add(PopMany(opcode - 0x84));
                break;
            case (byte)']': // EMPTY_LIST
            case 0x8f: // EMPTY_SET
                _stack.Add(new List<object?>());
                break;
            case (byte)'l': // LIST
            case 0x91: // FROZENSET
                _stack.Add(PopToMark().ToList());
                break;
            case (byte)'a': // APPEND
                Append(PopMany(1));
                break;
            case (byte)'e': // APPENDS
            case 0x90: // ADDITEMS
                Append(PopToMark());
                break;
            case (byte)'}': // EMPTY_DICT
                _stack.Add(new PickleDictionary());
                break;
            case (byte)'d': // DICT
                object?[] items = PopToMark();
                _stack.Add(new PickleDictionary());
                SetItems(items);
                break;
            case (byte)'s': // SETITEM
                SetItems(PopMany(2));
                break;
            case (byte)'u': // SETITEMS
                SetItems(PopToMark());
                break;
            case (byte)'q': // BINPUT
                _memo[Unsigned(1)] = Top();
                break;
            case (byte)'r': // LONG_BINPUT
                _memo[Unsigned(4)] = Top();
                break;
            case 0x94: // MEMOIZE
                _memo[_memo.Count] = Top();
                break;
            case (byte)'h': // BINGET
                _stack.Add(Remembered(Unsigned(1)));
                break;
            case (byte)'j': // LONG_BINGET
                _stack.Add(Remembered(Unsigned(4)));
                break;
            case (byte)'c': // GLOBAL
                _stack.Add(new PickleGlobal(Line(), Line()));
                break;
            case 0x93: // STACK_GLOBAL
                _stack.Add(PopMany(2) is [string module, string name] ? new PickleGlobal(module, name) : throw Broken("a name is none"));
                break;
            case (byte)'Q': // BINPERSID
                _stack.Add(Load(Pop()));
                break;
            case (byte)'R': // REDUCE
            case 0x81: // NEWOBJ
                (object? arguments, object? function) = (Pop(), Pop());
                _stack.Add(function is PickleGlobal global ? Call(global, Tuple(arguments)) : new PickleObject(null));
                break;
            case 0x92: // NEWOBJ_EX
                _stack.Add(PopMany(3)[0] is PickleGlobal type ? new PickleObject(type) : new PickleObject(null));
                break;
            case (byte)'b': // BUILD
                Build(Pop());
                break;
            default:
                throw Broken($"there is the operation {opcode:x2}, which no file that torch.save writes has");
        }
    }

    private object? Pop() => PopMany(1)[0];

    private object? Top() => _stack.Count > Bottom ? _stack[^1] : throw Broken("the stack is empty");

    /// <summary>Values below the last mark are out of reach.</summary>
    private int Bottom => _marks.TryPeek(out int mark) ? mark : 0;

    private object?[] PopMany(int count)
    {
        if (_stack.Count - count < Bottom)
            throw Broken("the stack is empty");
        object?[] values = [.. _stack.Skip(_stack.Count - count)];
        _stack.RemoveRange(_stack.Count - count, count);
        return values;
    }

    private object?[] PopToMark()
    {
        if (!_marks.TryPeek(out int mark))
            throw Broken("there is no mark on the stack");
        object?[] values = PopMany(_stack.Count - mark);
        _marks.Pop();
        return values;
    }

    private void Append(object?[] values)
    {
        // What is no list is an object that would have been told of them: its contents are nobody's parameters.
        if (Top() is List<object?> list)
            list.AddRange(values);
    }

    private void SetItems(object?[] items)
    {
        if (items.Length % 2 != 0)
            throw Broken("a key has no value");
        if (Top() is not PickleDictionary dictionary)
            return;
        for (int i = 0; i < items.Length; i += 2)
            dictionary.Entries.Add(new(items[i], items[i + 1]));
    }

    /// <summary>Gives an object its attributes: a dictionary, or a pair of one and of slots.</summary>
    private void Build(object? state)
    {
        if (Top() is PickleObject target)
            target.State = (state is object?[] { Length: 2 } pair ? pair[0] : state) as PickleDictionary;
    }

    private object? Remembered(long index) => _memo.TryGetValue(index, out object? value) ? value : throw Broken($"value {index} is fetched, which was never stored");

    private object?[] Tuple(object? value) => value as object?[] ?? throw Broken("a call has no arguments");

    /// <summary>A little-endian number of 1, 2, 4 or 8 bytes; negative where it exceeds 63 bits, which is longer than any file.</summary>
    private long Unsigned(int size)
    {
        long value = 0;
        ReadOnlySpan<byte> bytes = Bytes(size);
        for (int i = size - 1; i >= 0; i--)
            value = (value << 8) | bytes[i];
        return value;
    }

    private static object Integer(ReadOnlySpan<byte> bytes)
    {
        var value = new BigInteger(bytes);
        return value >= long.MinValue && value <= long.MaxValue ? (long)value : value;
    }

    private string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return s_utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Broken("a text is not UTF-8");
        }
    }

    private string Line()
    {
        int length = data.AsSpan(position).IndexOf((byte)'\n');
        if (length < 0)
            throw Broken("a name does not end");
        string line = Text(Bytes(length));
        position++;
        return line;
    }
}
