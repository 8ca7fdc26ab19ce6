using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using MobileNetGen.Tool.Compiled;
using Xunit;

namespace MobileNetGen.Tool.Tests.Compiled;

public sealed class CompiledCodeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mobilenetgen").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // The tests' own folder, and not that of who runs them.
    [ModuleInitializer]
    internal static void KeepBesideTests() => Environment.SetEnvironmentVariable(CompiledCode.Variable, Path.Combine(AppContext.BaseDirectory, "compiled"));

    [Fact]
    public void What_was_compiled_is_taken_the_next_time()
    {
        Assert.Equal(42, Run("class C { public static int M() => 42; }", out bool isCompiled));
        Assert.True(isCompiled);
        Assert.Equal(42, Run("class C { public static int M() => 42; }", out isCompiled));
        Assert.False(isCompiled);
        Assert.Equal(43, Run("class C { public static int M() => 43; }", out isCompiled));
        Assert.True(isCompiled);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(1000)]
    public void A_file_that_was_cut_short_is_made_again(int length)
    {
        Run("class C { public static int M() => 42; }", out _);
        string file = Directory.GetFiles(_folder).Single();
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..length]);
        Assert.Equal(42, Run("class C { public static int M() => 42; }", out bool isCompiled));
        Assert.True(isCompiled);
        Run("class C { public static int M() => 42; }", out isCompiled);
        Assert.False(isCompiled);
    }

    [Fact]
    public void A_changed_file_is_made_again()
    {
        Run("class C { public static int M() => 42; }", out _);
        string file = Directory.GetFiles(_folder).Single();
        byte[] bytes = File.ReadAllBytes(file);
        bytes[^100]++;
        File.WriteAllBytes(file, bytes);
        Assert.Equal(42, Run("class C { public static int M() => 42; }", out bool isCompiled));
        Assert.True(isCompiled);
    }

    [Fact]
    public void Where_nothing_can_be_written_it_is_compiled()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        Assert.Equal(42, Run("class C { public static int M() => 42; }", out bool isCompiled, file));
        Assert.True(isCompiled);
    }

    [Fact]
    public void Only_the_newest_files_are_kept()
    {
        for (int i = 0; i < 70; i++)
        {
            string old = Path.Combine(_folder, $"{i}.dll");
            File.WriteAllText(old, "");
            File.SetLastWriteTimeUtc(old, new DateTime(2020, 1, 1).AddDays(i));
        }

        Run("class C { public static int M() => 42; }", out _);
        Assert.Equal(64, Directory.GetFiles(_folder).Length);
        Assert.Contains(Path.Combine(_folder, "69.dll"), Directory.GetFiles(_folder));
        Assert.DoesNotContain(Path.Combine(_folder, "0.dll"), Directory.GetFiles(_folder));
    }

    private int Run(string code, out bool isCompiled, string? folder = null)
    {
        var empty = new Lazy<CSharpCompilation>(() => CSharpCompilation.Create(
            "Test", [], [MetadataReference.CreateFromFile(typeof(object).Assembly.Location)], new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)));
        byte[] image = CompiledCode.Of([code], empty, [], folder ?? _folder);
        isCompiled = empty.IsValueCreated;
        return (int)Assembly.Load(image).GetType("C")!.GetMethod("M")!.Invoke(null, [])!;
    }
}
