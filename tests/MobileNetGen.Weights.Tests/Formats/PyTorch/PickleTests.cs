using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Numerics;
using System.Text;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.PyTorch;

namespace MobileNetGen.Weights.Tests.Formats.PyTorch;

/// <summary>Pickles that Python 3.11 wrote, and pickles that nobody should have written.</summary>
public class PickleTests
{
    // OrderedDict(a=[1, -2, 300, 70000, 2**40, True, False, None, 1.5, "é", (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), {"k": []}], b=frozenset([1]), c=b"xy", d=set())
    private const string List = "a: [1, -2, 300, 70000, 1099511627776, True, False, null, 1.5, é, (), (1), (1, 2), (1, 2, 3), (1, 2, 3, 4), {k: []}]";

    [Theory]
    [InlineData(
        "gAJjY29sbGVjdGlvbnMKT3JkZXJlZERpY3QKcQApUnEBKFgBAAAAYXECXXEDKEsBSv7///9NLAFKcBEBAIoGAAAAAAABiIlORz/4AAAAAAAAWAIAAADDqXEEKUsBhXEFSwFLAoZxBksBSwJLA4dxByhLAUsC"
        + "SwNLBHRxCH1xCVgBAAAAa3EKXXELc2VYAQAAAGJxDGNfX2J1aWx0aW5fXwpmcm96ZW5zZXQKcQ1dcQ5LAWGFcQ9ScRBYAQAAAGNxEWNfY29kZWNzCmVuY29kZQpxElgCAAAAeHlxE1gGAAAAbGF0aW4xcRSGcRVS"
        + "cRZYAQAAAGRxF2NfX2J1aWx0aW5fXwpzZXQKcRhdcRmFcRpScRt1Lg==",
        "b: <__builtin__.frozenset>, c: <_codecs.encode>, d: <__builtin__.set>")]
    [InlineData(
        "gANjY29sbGVjdGlvbnMKT3JkZXJlZERpY3QKcQApUnEBKFgBAAAAYXECXXEDKEsBSv7///9NLAFKcBEBAIoGAAAAAAABiIlORz/4AAAAAAAAWAIAAADDqXEEKUsBhXEFSwFLAoZxBksBSwJLA4dxByhLAUsC"
        + "SwNLBHRxCH1xCVgBAAAAa3EKXXELc2VYAQAAAGJxDGNidWlsdGlucwpmcm96ZW5zZXQKcQ1dcQ5LAWGFcQ9ScRBYAQAAAGNxEUMCeHlxElgBAAAAZHETY2J1aWx0aW5zCnNldApxFF1xFYVxFlJxF3Uu",
        "b: <builtins.frozenset>, c: xy, d: <builtins.set>")]
    [InlineData(
        "gASVkwAAAAAAAACMC2NvbGxlY3Rpb25zlIwLT3JkZXJlZERpY3SUk5QpUpQojAFhlF2UKEsBSv7///9NLAFKcBEBAIoGAAAAAAABiIlORz/4AAAAAAAAjALDqZQpSwGFlEsBSwKGlEsBSwJLA4eUKEsBSwJLA0sE"
        + "dJR9lIwBa5RdlHNljAFilChLAZGUjAFjlEMCeHmUjAFklI+UdS4=",
        "b: [1], c: xy, d: []")]
    [InlineData(
        "gAWVkwAAAAAAAACMC2NvbGxlY3Rpb25zlIwLT3JkZXJlZERpY3SUk5QpUpQojAFhlF2UKEsBSv7///9NLAFKcBEBAIoGAAAAAAABiIlORz/4AAAAAAAAjALDqZQpSwGFlEsBSwKGlEsBSwJLA4eUKEsBSwJLA0sE"
        + "dJR9lIwBa5RdlHNljAFilChLAZGUjAFjlEMCeHmUjAFklI+UdS4=",
        "b: [1], c: xy, d: []")]
    public void Values_of_every_binary_protocol_are_read(string base64, string sets) => Assert.Equal($"{{{List}, {sets}}}", Show(Read(Convert.FromBase64String(base64))));

    [Theory]
    [InlineData("cos\nsystem\n\x8c\x04" + "echo\x85R.", "<os.system>")]
    [InlineData("cbuiltins\neval\n\x8c\x04" + "1//0\x85R.", "<builtins.eval>")]
    [InlineData("cbuiltins\ngetattr\ncos\nenviron\n\x8c\x04" + "keys\x86R)R.", "<>")]
    public void What_a_pickle_would_have_called_is_only_named(string pickle, string expected) => Assert.Equal(expected, Show(Read(pickle)));

    [Theory]
    [InlineData("", "at byte 0 of its pickle, 1 bytes were expected and 0 are left")]
    [InlineData("\x80\x02", "1 bytes were expected and 0 are left")]
    [InlineData("\x80\x09N.", "a protocol after 5 is named")]
    [InlineData(".", "the stack is empty")]
    [InlineData("0.", "the stack is empty")]
    [InlineData("t.", "there is no mark on the stack")]
    [InlineData("N(\x86.", "the stack is empty")]
    [InlineData("(NN0NNd.", "a key has no value")]
    [InlineData("h\x05.", "value 5 is fetched, which was never stored")]
    [InlineData("I12\n.", "there is the operation 49")]
    [InlineData("K\x01K\x02\x93.", "a name is none")]
    [InlineData("cos\nsystem", "a name does not end")]
    [InlineData("cos\nsystem\nNR.", "a call has no arguments")]
    [InlineData("X\xff\xff\xff\x7f" + "abc", "2147483647 bytes were expected and 3 are left")]
    [InlineData("\x8d\xff\xff\xff\xff\xff\xff\xff\xff" + "abc", "-1 bytes were expected")]
    [InlineData("\x8c\x02\xc3\x28.", "a text is not UTF-8")]
    [InlineData("NQ.", "a persistent id is neither that of a storage nor that of a module")]
    [InlineData("ctorch._utils\n_rebuild_tensor_v2\n)R.", "a tensor is not rebuilt from a storage")]
    public void A_damaged_pickle_is_refused(string pickle, string message)
    {
        string found = Assert.Throws<WeightsException>(() => Read(pickle)).Message;
        Assert.StartsWith("The file is damaged: ", found, StringComparison.Ordinal);
        Assert.Contains(message, found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("N", "2")]
    [InlineData("", "]")]
    [InlineData("", "(")]
    [InlineData("]q\x00", "h\x00h\x00" + "a0")]
    public void A_pickle_that_never_ends_is_refused_soon(string start, string again)
    {
        byte[] pickle = Encoding.Latin1.GetBytes(start + string.Concat(Enumerable.Repeat(again, 1_100_000)));
        long time = Stopwatch.GetTimestamp(), before = GC.GetAllocatedBytesForCurrentThread();
        string message = Assert.Throws<WeightsException>(() => Read(pickle)).Message;
        Assert.Contains("more than 1000000 operations", message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 160L << 20);
        Assert.InRange(Stopwatch.GetElapsedTime(time), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    private static object? Read(string latin1) => Read(Encoding.Latin1.GetBytes(latin1));

    private static object? Read(byte[] pickle) => new TorchPickle(pickle, 0).Read();

    private static string Show(object? value) => value switch
    {
        null => "null",
        PickleObject unknown => $"<{unknown.Type}>",
        byte[] bytes => Encoding.Latin1.GetString(bytes),
        object?[] tuple => $"({string.Join(", ", tuple.Select(Show))})",
        List<object?> list => $"[{string.Join(", ", list.Select(Show))}]",
        PickleDictionary dictionary => $"{{{string.Join(", ", dictionary.Entries.Select(entry => $"{Show(entry.Key)}: {Show(entry.Value)}"))}}}",
        BigInteger or long or double or bool or string => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        _ => throw new ArgumentException(value.GetType().Name, nameof(value)),
    };
}
