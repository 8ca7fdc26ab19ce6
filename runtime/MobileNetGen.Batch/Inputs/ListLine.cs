using System;
using System.Globalization;
using System.IO;
using System.Text.Json;

namespace MobileNetGen.Batch.Inputs;

/// <summary>A line of a list: a path, a <c>file:</c> URI, or JSON with a path and an id.</summary>
internal static class ListLine
{
    private const int ShownCharacters = 200;

    /// <summary>What a line names. One that names nothing is an item with an error, so that lines and rows are as many.</summary>
    public static BatchItem Read(string line)
    {
        if (line.Length > BoundedLines.Maximum)
            return new BrokenItem(line[..ShownCharacters], string.Create(CultureInfo.InvariantCulture, $"the line has more than {BoundedLines.Maximum:N0} characters."));
        return line[0] == '{' ? OfJson(line) : OfPath(line, null);
    }

    private static BatchItem OfJson(string line)
    {
        string shown = line.Length > ShownCharacters ? line[..ShownCharacters] : line;
        try
        {
            using var json = JsonDocument.Parse(line);
            JsonElement root = json.RootElement;
            string? id = root.TryGetProperty("id", out JsonElement named) ? named.ValueKind == JsonValueKind.String ? named.GetString() : named.GetRawText() : null;
            return root.TryGetProperty("path", out JsonElement path) && path.ValueKind == JsonValueKind.String && path.GetString()!.Trim() is { Length: > 0 } text
                ? OfPath(text, id)
                : new BrokenItem(shown, "the line has no \"path\".", id);
        }
        catch (Exception damage) when (damage is JsonException or InvalidOperationException)
        {
            return new BrokenItem(shown, "the line begins as JSON, but is none.");
        }
    }

    private static BatchItem OfPath(string text, string? id)
    {
        if (!text.Contains("://", StringComparison.Ordinal) && !text.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
            return new FileItem(InputList.NameOf(text), text, id);
        return Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.IsFile && !uri.IsUnc && Path.IsPathRooted(uri.LocalPath)
            ? new FileItem(text, uri.LocalPath, id)
            : new BrokenItem(text, "only local files are read: a path, or a URI that begins with file:///.", id);
    }
}
