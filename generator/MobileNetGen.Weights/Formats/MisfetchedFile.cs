using System;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace MobileNetGen.Weights.Formats;

/// <summary>Files that are not what their names say because what fetched them failed without a word: pointers, web pages, answers of servers, the first part of a download.</summary>
internal static class MisfetchedFile
{
    /// <summary>The longest text that is taken for an answer such as "404: Not Found".</summary>
    private const int LongestAnswer = 1024;

    /// <summary>How much of a text is looked at, and how much of it shown.</summary>
    private const int LookedAt = 16 * 1024, Shown = 60;

    /// <summary>What is there instead of a file, and what to do, as a sentence; null where it may be the file itself.</summary>
    /// <param name="bytes">All of the file.</param>
    /// <param name="extension">Its extension: some formats are text.</param>
    public static string? Problem(ReadOnlySpan<byte> bytes, string extension)
    {
        if (bytes.IndexOfAnyExcept((byte)0) < 0)
            return $"{(bytes.IsEmpty ? "It is empty" : "It holds nothing but zeros")}: the download failed, or was stopped before it began. Fetch it again.";
        if (ProblemOfPart(bytes) is { } problem)
            return problem;
        if (CutOffFile.Problem(bytes, extension) is { } end)
            return $"The file was cut off when it was fetched: {end}. Fetch it again.";
        bool isText = extension is ".json" or ".prototxt" or ".pbtxt" or ".txt";
        return !isText && bytes.Length <= LongestAnswer && IsText(bytes) ? $"It is a text, {Excerpt(bytes)}, and not the file that was to be fetched. Fetch it again." : null;
    }

    /// <summary>The same of a file that is a part of another: it has no form of its own, so only what cannot be by chance is found.</summary>
    public static string? ProblemOfPart(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> text = bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        text = text[..Math.Min(text.Length, LookedAt)].TrimStart(" \t\r\n"u8);
        if (text.StartsWith("version https://git-lfs.github.com/spec/"u8) || text.StartsWith("version https://hawser.github.com/spec/"u8))
            return Pointer(text);
        if (text.Length > 1 && text[0] == '<' && (char.IsAsciiLetter((char)text[1]) || text[1] is (byte)'!' or (byte)'?') && IsText(text[..Math.Min(text.Length, 2 * Shown)]))
            return Markup(text);
        return text.Length > 1 && text[0] == '{' && IsErrorObject(text)
            ? $"It is a server's answer, {Excerpt(text)}, and not the file that was to be fetched. Look at the address and the rights that it needs, and fetch it again."
            : null;
    }

    private static string Pointer(ReadOnlySpan<byte> text)
    {
        int size = text.IndexOf("\nsize "u8);
        string length = size >= 0 && Utf8Parser.TryParse(text[(size + "\nsize "u8.Length)..], out long bytes, out _) ? $" of {bytes} bytes" : "";
        return $"It is a Git LFS pointer to the file{length}, and not the file itself. Fetch that with: git lfs pull";
    }

    private static string Markup(ReadOnlySpan<byte> text) =>
        IndexOfIgnoringCase(text, "<html"u8) >= 0 || IndexOfIgnoringCase(text, "<!doctype html"u8) >= 0 || IndexOfIgnoringCase(text, "<head"u8) >= 0
            ? $"It is a web page, {Excerpt(text)}, and not the file that was to be fetched: a page about it, or one that asks to log in. Fetch the file itself, by the link to download it."
            : $"It is an XML document, {Excerpt(text)}, and not the file that was to be fetched: a server's answer, most likely. Look at the address, and fetch it again.";

    private static int IndexOfIgnoringCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word)
    {
        for (int i = 0; i + word.Length <= text.Length; i++)
        {
            if (Ascii.EqualsIgnoreCase(text.Slice(i, word.Length), word))
                return i;
        }

        return -1;
    }

    /// <summary>Whether a text is a JSON object that speaks of an error, and of nothing that a model has.</summary>
    private static bool IsErrorObject(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text, isFinalBlock: false, default);
            bool isError = false;
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                    continue;
                string name = reader.GetString()!.ToLowerInvariant();
                if (name is not ("error" or "errors" or "error_description" or "message" or "detail" or "details" or "status" or "statuscode" or "code" or "type" or "title" or "documentation_url"
                    or "path" or "timestamp" or "requestid" or "request_id" or "success"))
                    return false;
                isError |= name is "error" or "errors" or "message" or "detail";
            }

            return isError;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool IsText(ReadOnlySpan<byte> bytes) => bytes.IndexOfAnyInRange((byte)0, (byte)8) < 0 && bytes.IndexOfAnyInRange((byte)14, (byte)31) < 0 && IsUtf8(bytes);

    private static bool IsUtf8(ReadOnlySpan<byte> bytes)
    {
        // The last character may be cut.
        ReadOnlySpan<byte> whole = bytes;
        for (int cut = 0; cut < 4 && !whole.IsEmpty; cut++, whole = whole[..^1])
        {
            if (Utf8.IsValid(whole))
                return true;
        }

        return false;
    }

    private static string Excerpt(ReadOnlySpan<byte> text)
    {
        string shown = string.Join(' ', Encoding.UTF8.GetString(text[..Math.Min(text.Length, 4 * Shown)]).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Trim('\uFEFF');
        return $"\"{(shown.Length > Shown ? shown[..Shown] + "…" : shown)}\"";
    }
}
