using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace MobileNetGen.Tool.Compiled;

/// <summary>
/// Compiles code, or takes what was compiled of the same before: the compiler needs seconds to start, since it is itself compiled when it runs. Files lie in a folder of the user, named for
/// what they were made of: the code, the assemblies that it refers to, and the compiler.
/// </summary>
internal static class CompiledCode
{
    /// <summary>The environment variable that names the folder, or is <c>off</c>.</summary>
    public const string Variable = "MBNET_CACHE";

    private const string Off = "off";

    /// <summary>So many files are kept, those that were used last.</summary>
    private const int Kept = 64;

    /// <summary>Warnings are not asked for, so that nobody need find out which references may be null: a tenth of the work, and more where weights are in the source.</summary>
    private static readonly CSharpParseOptions s_options = new CSharpParseOptions(LanguageVersion.CSharp14).WithFeatures([new("run-nullable-analysis", "never")]);

    /// <summary>Where compiled code is kept: the user's folder for data of programs, or what the environment says. Null where there is none.</summary>
    public static string? Folder { get; } = Environment.GetEnvironmentVariable(Variable) switch
    {
        Off => null,
        { Length: > 0 } named => named,
        _ => Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData) is { Length: > 0 } data ? Path.Combine(data, "mbnet", "compiled") : null,
    };

    /// <summary>The assembly of some code.</summary>
    /// <param name="code">The files.</param>
    /// <param name="empty">What it is compiled with.</param>
    /// <param name="references">A type of each assembly that it refers to beside the framework's.</param>
    /// <param name="folder">Where compiled code is kept; null for nowhere.</param>
    /// <exception cref="InvalidOperationException">It does not compile.</exception>
    public static byte[] Of(IReadOnlyList<string> code, Lazy<CSharpCompilation> empty, IEnumerable<Type> references, string? folder)
    {
        if (folder is null)
            return Compile(code, empty.Value);
        string path = Path.Combine(folder, Name(code, references) + ".dll");
        if (Read(path) is { } known)
            return known;
        byte[] image = Compile(code, empty.Value);
        Keep(path, image);
        return image;
    }

    private static string Name(IReadOnlyList<string> code, IEnumerable<Type> references)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Type type in references.Append(typeof(object)).Append(typeof(CSharpCompilation)))
            hash.AppendData(type.Module.ModuleVersionId.ToByteArray());
        foreach (string file in code)
        {
            byte[] text = Encoding.UTF8.GetBytes(file);
            hash.AppendData(BitConverter.GetBytes(text.Length));
            hash.AppendData(text);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>A file behind whose bytes their hash lies: one that was cut short or changed does not count.</summary>
    private static byte[]? Read(string path)
    {
        try
        {
            byte[] file = File.ReadAllBytes(path);
            if (file.Length <= SHA256.HashSizeInBytes || !SHA256.HashData(file.AsSpan(..^SHA256.HashSizeInBytes)).AsSpan().SequenceEqual(file.AsSpan(^SHA256.HashSizeInBytes..)))
                return null;
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
            return file[..^SHA256.HashSizeInBytes];
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Writes a file for the next time. Where that cannot be, it is compiled then.</summary>
    private static void Keep(string path, byte[] image)
    {
        string aside = $"{path}.{Guid.NewGuid():N}";
        try
        {
            string folder = Path.GetDirectoryName(path)!;
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(folder);
            else
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.WriteAllBytes(aside, [.. image, .. SHA256.HashData(image)]);
            File.Move(aside, path, overwrite: true);
            foreach (FileInfo old in new DirectoryInfo(folder).EnumerateFiles().OrderByDescending(f => f.LastWriteTimeUtc).Skip(Kept))
                old.Delete();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // The next run compiles it again.
        }
    }

    private static byte[] Compile(IReadOnlyList<string> code, CSharpCompilation empty)
    {
        // A list: Roslyn goes through what it is given three times.
        SyntaxTree[] trees = [.. code.Select(c => CSharpSyntaxTree.ParseText(c, s_options))];
        CSharpCompilation compilation = empty.AddSyntaxTrees(trees);
        using var image = new MemoryStream();
        EmitResult result = compilation.Emit(image);
        return result.Success
            ? image.ToArray()
            : throw new InvalidOperationException($"The generated code does not compile: {result.Diagnostics.First(d => d.Severity == DiagnosticSeverity.Error)}");
    }
}
