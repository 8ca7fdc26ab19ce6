using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;

namespace MobileNetGen.Weights.Tests.Formats.PyTorch;

/// <summary>A module as <c>torch.save(model)</c> writes it, with made-up numbers.</summary>
internal sealed record Module(string Class)
{
    private const string Own = "torch.nn.modules.";

    /// <summary>Attributes: numbers, texts, flags, null, and arrays of numbers for tuples.</summary>
    public (string Name, object? Value)[] Attributes { get; init; } = [];

    /// <summary>Trained tensors and statistics.</summary>
    public (string Name, int[] Shape)[] Tensors { get; init; } = [];

    public (string Name, Module? Module)[] Children { get; init; } = [];

    public static Module Sequential(params Module[] modules) => Of("container.Sequential", modules);

    /// <summary>A module of PyTorch's own, or of another class if the name has its whole path, whose modules are numbered.</summary>
    public static Module Of(string name, params Module[] modules) =>
        new(name.Count(c => c == '.') > 1 || name.StartsWith("__main__", StringComparison.Ordinal) ? name : Own + name) { Children = [.. modules.Select((module, i) => ($"{i}", (Module?)module))] };

    public static Module Conv(int inputs, int outputs, int kernel = 1, long stride = 1, object? padding = null, long groups = 1, long dilation = 1, string mode = "zeros") => new(Own + "conv.Conv2d")
    {
        Attributes =
        [
            ("stride", new[] { stride, stride }), ("padding", padding ?? new[] { kernel / 2L, kernel / 2L }), ("dilation", new[] { dilation, dilation }), ("groups", groups), ("transposed", false),
            ("padding_mode", mode),
        ],
        Tensors = [("weight", [outputs, inputs / (int)groups, kernel, kernel])],
    };

    public static Module Norm(int channels, double epsilon = 1e-5) => new(Own + "batchnorm.BatchNorm2d")
    {
        Attributes = [("eps", epsilon)],
        Tensors = [("weight", [channels]), ("bias", [channels]), ("running_mean", [channels]), ("running_var", [channels])],
    };

    public static Module Linear(int inputs, int outputs) => new(Own + "linear.Linear") { Tensors = [("weight", [outputs, inputs]), ("bias", [outputs])] };

    public static Module Relu => Of("activation.ReLU");

    public static Module Relu6 => Of("activation.ReLU6");

    public static Module Pool => new(Own + "pooling.AdaptiveAvgPool2d") { Attributes = [("output_size", 1L)] };

    public static Module Flatten => new(Own + "flatten.Flatten") { Attributes = [("start_dim", 1L), ("end_dim", -1L)] };

    public static Module Softmax => new(Own + "activation.Softmax") { Attributes = [("dim", 1L)] };

    public Module With(string attribute, object? value) => this with { Attributes = [.. Attributes.Where(a => a.Name != attribute), (attribute, value)] };
}

/// <summary>Writes the archives that PyTorch writes.</summary>
internal sealed class TorchModuleFile
{
    private readonly MemoryStream _pickle = new();
    private readonly List<float[]> _storages = [];

    /// <summary>An archive of a module.</summary>
    public static byte[] Write(Module module)
    {
        var file = new TorchModuleFile();
        file.Text("\x80\x02");
        file.Object(module);
        file.Text(".");
        return Archive([("a/data.pkl", file._pickle.ToArray()), .. file._storages.Select((numbers, i) => ($"a/data/{i}", MemoryMarshal.AsBytes<float>(numbers).ToArray()))]);
    }

    /// <summary>A TorchScript archive: modules whose classes are "__torch__.…" and have their attributes, tensors and modules side by side, and code by path.</summary>
    public static byte[] Script(Module module, params (string Path, string Code)[] code)
    {
        var file = new TorchModuleFile();
        file.Text("\x80\x02");
        file.ScriptObject(module);
        file.Text(".");
        return Archive(
        [
            ("a/data.pkl", file._pickle.ToArray()), .. file._storages.Select((numbers, i) => ($"a/data/{i}", MemoryMarshal.AsBytes<float>(numbers).ToArray())),
            .. code.Select(c => ($"a/code/{c.Path}", Encoding.UTF8.GetBytes(c.Code))),
        ]);
    }

    public static byte[] Archive((string Name, byte[] Content)[] entries)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in entries)
            {
                using Stream entry = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }

    private void Object(Module module)
    {
        Begin(module.Class);
        foreach ((string name, object? value) in module.Attributes)
            Entry(name, () => Value(value));
        Entry("_parameters", () => Dictionary(() => Tensors(module, isStatistic: false)));
        Entry("_buffers", () => Dictionary(() => Tensors(module, isStatistic: true)));
        Entry("_modules", () => Dictionary(() => Modules(module, Object)));
        Text("ub");
    }

    private void ScriptObject(Module module)
    {
        Begin(module.Class);
        foreach ((string name, object? value) in module.Attributes)
            Entry(name, () => Value(value));
        Tensors(module, isStatistic: false);
        Tensors(module, isStatistic: true);
        Modules(module, ScriptObject);
        Text("ub");
    }

    private void Begin(string type) => Text($"c{type[..type.LastIndexOf('.')]}\n{type[(type.LastIndexOf('.') + 1)..]}\n)\x81}}(");

    private void Modules(Module module, Action<Module> write)
    {
        foreach ((string name, Module? child) in module.Children)
        {
            Entry(name, () =>
            {
                if (child is null)
                    Text("N");
                else
                    write(child);
            });
        }
    }

    private void Tensors(Module module, bool isStatistic)
    {
        foreach ((string name, int[] shape) in module.Tensors.Where(t => t.Name.StartsWith("running", StringComparison.Ordinal) == isStatistic))
            Entry(name, () => Tensor(shape));
    }

    private void Tensor(int[] shape)
    {
        float[] numbers = [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(i => (((i * 7) + _storages.Count) % 11 / 8f) + 0.125f)];
        Text("ctorch._utils\n_rebuild_tensor_v2\n((");
        Value("storage");
        Text("ctorch\nFloatStorage\n");
        Value($"{_storages.Count}");
        Value("cpu");
        Value((long)numbers.Length);
        Text("tQK\0");
        Value(Array.ConvertAll(shape, size => (long)size));
        Value(shape.Select((_, i) => shape.Skip(i + 1).Aggregate(1L, (a, b) => a * b)).ToArray());
        Text("tR");
        _storages.Add(numbers);
    }

    private void Dictionary(Action entries)
    {
        Text("}(");
        entries();
        Text("u");
    }

    private void Entry(string name, Action value)
    {
        Value(name);
        value();
    }

    private void Value(object? value)
    {
        switch (value)
        {
            case null:
                Text("N");
                break;
            case bool flag:
                Text(flag ? "\x88" : "\x89");
                break;
            case long number:
                Span<byte> bytes = stackalloc byte[5];
                bytes[0] = (byte)'J';
                BinaryPrimitives.WriteInt32LittleEndian(bytes[1..], (int)number);
                _pickle.Write(bytes);
                break;
            case double real:
                Span<byte> eight = stackalloc byte[9];
                eight[0] = (byte)'G';
                BinaryPrimitives.WriteDoubleBigEndian(eight[1..], real);
                _pickle.Write(eight);
                break;
            case string text:
                Text("\x8c" + (char)text.Length + text);
                break;
            case long[] tuple:
                Text("(");
                foreach (long item in tuple)
                    Value(item);
                Text("t");
                break;
            default:
                throw new ArgumentException($"{value}", nameof(value));
        }
    }

    private void Text(string latin1) => _pickle.Write(Encoding.Latin1.GetBytes(latin1));
}
