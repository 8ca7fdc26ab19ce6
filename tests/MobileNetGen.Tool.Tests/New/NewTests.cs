using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using MobileNetGen.Tool.Emit;
using MobileNetGen.Tool.New;
using MobileNetGen.Tool.Tests.Support;
using MobileNetGen.Weights.Descriptions;

namespace MobileNetGen.Tool.Tests.New;

public class NewTests
{
    private const string Features = "network Small\nresolution 32\nweights random 1\nlayers\n conv 8 kernel 3 stride 2\nhead\n avgpool";

    [Fact]
    public void A_new_project_has_the_network_that_comes_with_the_program()
    {
        using var mbnet = new Mbnet();
        Mbnet.Succeed("new", mbnet["My-Cats"], "--source", mbnet.Folder, "--package-version", "1.2.3");
        Assert.Equal(
            ["Cifar10_int8.mbnet", "Cifar10_int8.tflite", "My-Cats.csproj", "Program.cs", "cat.jpg", "classes.txt", "nuget.config"],
            Directory.GetFiles(mbnet["My-Cats"]).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        foreach (string file in new[] { "Cifar10_int8.mbnet", "Cifar10_int8.tflite", "classes.txt" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(BuildProperty.RepositoryRoot, "models", "cifar10", file)), File.ReadAllBytes(mbnet["My-Cats/" + file]));
        Assert.Contains("<PackageReference Include=\"MobileNetGen.SkiaSharp\" Version=\"1.2.3\" />", File.ReadAllText(mbnet["My-Cats/My-Cats.csproj"]), StringComparison.Ordinal);
        Assert.Contains($"value=\"{mbnet.Folder}\"", File.ReadAllText(mbnet["My-Cats/nuget.config"]), StringComparison.Ordinal);
        string program = File.ReadAllText(mbnet["My-Cats/Program.cs"]);
        Assert.StartsWith("using My_Cats;\nusing MobileNetGen.SkiaSharp;\n\nforeach (string path in args.DefaultIfEmpty(\"cat.jpg\"))", program, StringComparison.Ordinal);
        Compiles(program, File.ReadAllText(mbnet["My-Cats/Cifar10_int8.mbnet"]), "My_Cats");
    }

    [Fact]
    public void Weights_are_copied_and_described_beside_the_program()
    {
        using var mbnet = new Mbnet();
        mbnet.Write("small.mbnet", Features.Replace("resolution 32", "resolution 32\ninput rgb", StringComparison.Ordinal) + "\n dense 3\n softmax");
        Mbnet.Succeed("export", mbnet["small.mbnet"], "-o", mbnet["small.onnx"]);
        mbnet.Write("names.txt", "a\nb\nc\n");
        Mbnet.Succeed("new", mbnet["Letters"], "--from", mbnet["small.onnx"], "--labels", mbnet["names.txt"]);
        Assert.Equal(
            ["Letters.csproj", "Program.cs", "names.txt", "net.mbnet", "small.onnx"],
            Directory.GetFiles(mbnet["Letters"]).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        string text = File.ReadAllText(mbnet["Letters/net.mbnet"]);
        Assert.Contains("\"small.onnx\"", text, StringComparison.Ordinal);
        Assert.Contains("\"names.txt\"", text, StringComparison.Ordinal);
        Compiles(File.ReadAllText(mbnet["Letters/Program.cs"]), text, "Letters");

        Outcome again = Mbnet.Run("new", mbnet["Letters"]);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("the folder is not empty", again.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("there is no such file", "x", "--from", "absent.tflite")]
    [InlineData("give those too", "x", "--labels", "a.txt")]
    [InlineData("cannot be the name of a project", "a b")]
    public void What_is_wrong_is_said_and_nothing_is_written(string message, string folder, params string[] arguments)
    {
        using var mbnet = new Mbnet();
        Outcome outcome = Mbnet.Run(["new", mbnet[folder], .. arguments]);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(mbnet.Folder));
    }

    [Theory]
    [InlineData(Features)]
    [InlineData(Features + "\n dense 3\n softmax")]
    [InlineData(Features + "\n dense 3\n softmax\nunknown below 0.5")]
    [InlineData("network SSDMobileNetV1\nalpha 0.25\nresolution 96\nclasses 3\nweights random 1")]
    public void The_program_of_each_kind_of_network_compiles(string text)
    {
        Description description = Texts.Compile(text);
        Compiles(ProjectText.Program(description.Plans[0].Network, "Own", null), text, "Own");
    }

    [Theory]
    [InlineData("")]
    [InlineData("\nnamespace Pets")]
    [InlineData("\nnamespace Pets.Own")]
    public void A_project_may_have_the_name_of_its_network(string statement)
    {
        using var mbnet = new Mbnet();
        string text = "network MobileNetV1\nclass Pets\nalpha 0.25\nresolution 32\nclasses 3\nweights random 1" + statement;
        Mbnet.Succeed("new", mbnet["Pets"], "--from", mbnet.Write("pets.mbnet", text));
        string root = Regex.Match(File.ReadAllText(mbnet["Pets/Pets.csproj"]), "<RootNamespace>(.*)</RootNamespace>") is { Success: true } match ? match.Groups[1].Value : "Pets";
        Compiles(File.ReadAllText(mbnet["Pets/Program.cs"]), text, root);
    }

    /// <summary>Compiles a program with the class as it is before the first build.</summary>
    private static void Compiles(string program, string text, string inNamespace) =>
        Assert.Empty(Programs.Problems(program, GeneratedClass.WriteUnpacked(Texts.Compile(text), inNamespace)));
}
