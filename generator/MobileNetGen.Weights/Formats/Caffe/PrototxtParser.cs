using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;

namespace MobileNetGen.Weights.Formats.Caffe;

/// <summary>
/// Reads Caffe's network descriptions (<c>.prototxt</c>): its message NetParameter as text. A <c>.caffemodel</c> may have its layers' numbers alone, and then the connections are here.
/// </summary>
internal sealed class PrototxtParser
{
    private const int MaximumLayers = 4096;
    private const int MaximumSettings = 64;
    private const int MaximumNumbers = 64;
    private const int MaximumDepth = 8;

    /// <summary>Enumerations' words that settings have, and their numbers in caffe.proto.</summary>
    private static readonly Dictionary<string, long> s_words = new(StringComparer.Ordinal)
    {
        ["true"] = 1, ["false"] = 0,
        ["MAX"] = 0, ["AVE"] = 1, ["STOCHASTIC"] = 2,
        ["PROD"] = 0, ["SUM"] = 1,
        ["CORNER"] = 1, ["CENTER_SIZE"] = 2, ["CORNER_SIZE"] = 3,
        ["TRAIN"] = 0, ["TEST"] = 1,
        ["SOFTMAX"] = 0, ["LOGISTIC"] = 1,
    };

    private readonly string _text;
    private int _at;

    private PrototxtParser(string text) => _text = text;

    /// <summary>Reads the layers of a network in their order. Inputs that stand outside of them come first, as layers.</summary>
    /// <exception cref="WeightsException">The text is no network's.</exception>
    public static ImmutableArray<CaffeLayer> Parse(byte[] file) => new PrototxtParser(Encoding.UTF8.GetString(file)).Network();

    private ImmutableArray<CaffeLayer> Network()
    {
        var layers = ImmutableArray.CreateBuilder<CaffeLayer>();
        var inputs = new List<string>();
        var shape = new CaffeSetting();
        while (Name() is { } name)
        {
            switch (name)
            {
                case "layer" or "layers" when Opens():
                    layers.Add(Layer());
                    break;
                case "input":
                    inputs.Add(Value());
                    break;
                case "input_dim":
                    Add(shape, Value(), "input_dim");
                    break;
                case "input_shape" when Opens():
                    Numbers(shape, "input_shape", 1);
                    break;
                default:
                    Skip(1);
                    break;
            }

            if (layers.Count + inputs.Count > MaximumLayers)
                throw Broken($"it has more than {MaximumLayers} layers; a MobileNet has a few hundred");
        }

        if (inputs.Count > 1)
            throw Broken($"it has {inputs.Count} inputs; one was expected");
        if (inputs.Count == 1)
            layers.Insert(0, new CaffeLayer(PrintableName.Of(inputs[0]), "Input", new Dictionary<string, CaffeSetting> { ["input_param.shape"] = shape }) { Tops = [inputs[0]] });
        return layers.DrainToImmutable();
    }

    private CaffeLayer Layer()
    {
        var layer = new CaffeLayer("", "", new Dictionary<string, CaffeSetting>(StringComparer.Ordinal));
        while (Name() is { } name && name != "}")
        {
            switch (name)
            {
                case "name":
                    layer = layer with { Name = PrintableName.Of(Value()) };
                    break;
                case "type":
                    layer = layer with { Type = PrintableName.Of(Value()) };
                    break;
                case "bottom":
                    layer = layer with { Bottoms = layer.Bottoms.Add(Value()) };
                    break;
                case "top":
                    layer = layer with { Tops = layer.Tops.Add(Value()) };
                    break;
                case "param" or "include" or "exclude" or "propagate_down" or "loss_weight":
                    // Learning rates, and when the layer is there: it is.
                    Skip(2);
                    break;
                default:
                    Settings(layer, name, 2);
                    break;
            }

            if (layer.Bottoms.Length + layer.Tops.Length + layer.Settings.Count > MaximumSettings)
                throw Broken($"{layer.Place}, has more than {MaximumSettings} bottoms, tops and settings; a MobileNet's layers have a few");
        }

        return layer;
    }

    /// <summary>A setting, or a message of settings, whose names go in front of theirs.</summary>
    private void Settings(CaffeLayer layer, string name, int depth)
    {
        if (name.EndsWith("_filler", StringComparison.Ordinal) || depth > MaximumDepth)
        {
            Skip(depth);
            return;
        }

        if (!Opens())
        {
            if (!layer.Settings.TryGetValue(name, out CaffeSetting? setting))
                layer.Settings.Add(name, setting = new CaffeSetting());
            Add(setting, Value(), name);
        }
        else if (name.EndsWith(".shape", StringComparison.Ordinal))
        {
            layer.Settings[name] = new CaffeSetting();
            Numbers(layer.Settings[name], name, depth);
        }
        else
        {
            while (Name() is { } inner && inner != "}")
            {
                Settings(layer, $"{name}.{inner}", depth + 1);
                if (layer.Settings.Count > MaximumSettings)
                    throw Broken($"{layer.Place}, has more than {MaximumSettings} settings; a MobileNet's layers have a few");
            }
        }
    }

    private void Numbers(CaffeSetting setting, string name, int depth)
    {
        while (Name() is { } inner && inner != "}")
        {
            if (Opens())
                throw Broken($"{name} has a message in it; numbers were expected");
            Add(setting, Value(), name);
        }
    }

    /// <summary>A number is an integer, a real number or both: the text does not say which it is to be. What is no number changes none.</summary>
    private void Add(CaffeSetting setting, string value, string name)
    {
        if (s_words.TryGetValue(value, out long word) || long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out word))
            setting.Integers.Add(word);
        if (float.TryParse(value.TrimEnd('f'), NumberStyles.Float, CultureInfo.InvariantCulture, out float number) && float.IsFinite(number))
            setting.Numbers.Add(number);
        if (setting.Integers.Count > MaximumNumbers || setting.Numbers.Count > MaximumNumbers)
            throw Broken($"{PrintableName.Of(name)} has more than {MaximumNumbers} numbers; a MobileNet's layers have a few");
    }

    /// <summary>Passes a value or a message.</summary>
    private void Skip(int depth)
    {
        if (!Opens())
        {
            Value();
            return;
        }

        int open = 1;
        while (open > 0 && Token() is { } token)
        {
            open += token switch { "{" => 1, "}" => -1, _ => 0 };
            if (open > MaximumDepth + depth)
                throw Broken("it nests messages deeper than any network does");
        }
    }

    /// <summary>The next field's name, or the brace that ends a message; null at the end of the text.</summary>
    private string? Name() => Token();

    /// <summary>Whether a message begins here; passes its brace, and the colon that may stand before.</summary>
    private bool Opens()
    {
        int before = _at;
        string? token = Token();
        if (token == ":")
            token = Token();
        if (token == "{")
            return true;
        _at = before;
        return false;
    }

    private string Value()
    {
        string? token = Token();
        if (token == ":")
            token = Token();
        return token is null or "{" or "}" or ":" ? throw Broken("a value is missing") : token;
    }

    /// <summary>A brace, a colon, a word, a number, or what stands between quotes; null at the end.</summary>
    private string? Token()
    {
        while (_at < _text.Length && (char.IsWhiteSpace(_text[_at]) || _text[_at] is ',' or ';' or '#'))
        {
            if (_text[_at] == '#')
                _at = _text.IndexOf('\n', _at) is var end and >= 0 ? end : _text.Length;
            else
                _at++;
        }

        if (_at >= _text.Length)
            return null;
        int start = _at;
        char first = _text[_at++];
        if (first is '{' or '}' or ':')
            return first.ToString();
        if (first is '"' or '\'')
        {
            int close = _text.IndexOf(first, _at);
            if (close < 0)
                throw Broken("a quote is not closed");
            _at = close + 1;
            return _text[(start + 1)..close];
        }

        while (_at < _text.Length && !char.IsWhiteSpace(_text[_at]) && _text[_at] is not ('{' or '}' or ':' or ',' or ';' or '#' or '"' or '\''))
            _at++;
        return _text[start.._at];
    }

    private WeightsException Broken(string problem)
    {
        int line = 1 + _text.AsSpan(0, Math.Min(_at, _text.Length)).Count('\n');
        return new WeightsException($"The network's description (.prototxt) is not understood: near line {line}, {problem}.");
    }
}
