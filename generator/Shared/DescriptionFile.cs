using System;
using System.IO;
using System.Text;

namespace MobileNetGen.Files;

/// <summary>Reads <c>.mbnet</c> files, whatever is behind their names.</summary>
internal static class DescriptionFile
{
    /// <summary>A description is a page of text; anything near this size is another file under a wrong name.</summary>
    private const int MaximumLength = 1 << 20;

    /// <summary>The text of a file, or null and the reason why there is none.</summary>
    public static string? Read(string path, out string problem)
    {
        problem = "";
        try
        {
            if (Directory.Exists(path))
            {
                problem = "it is a folder";
                return null;
            }

            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var text = new char[MaximumLength + 1];
            // Strict, because the compiler would otherwise see replacement characters where the editor shows letters.
            using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false);
            int length = reader.ReadBlock(text, 0, text.Length);
            if (length > MaximumLength)
            {
                problem = $"it is larger than {MaximumLength} characters";
                return null;
            }

            int start = length > 0 && text[0] == '\uFEFF' ? 1 : 0;
            return new string(text, start, length - start);
        }
        catch (DecoderFallbackException)
        {
            problem = "it is not UTF-8 text";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problem = e.Message;
        }

        return null;
    }
}
