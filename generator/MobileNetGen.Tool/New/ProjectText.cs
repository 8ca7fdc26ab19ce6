using System.Security;
using MobileNetGen.Compiler.Networks;

namespace MobileNetGen.Tool.New;

/// <summary>The texts of a new project.</summary>
internal static class ProjectText
{
    /// <summary>The project.</summary>
    /// <param name="version">The packages' version.</param>
    /// <param name="rootNamespace">The namespace of its classes, where it is not that of the project's name; else null.</param>
    public static string Project(string version, string? rootNamespace) => $"""
        <Project Sdk="Microsoft.NET.Sdk">

          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <Nullable>enable</Nullable>{(rootNamespace is null ? "" : $"\n    <RootNamespace>{rootNamespace}</RootNamespace>")}
          </PropertyGroup>

          <ItemGroup>
            <PackageReference Include="MobileNetGen" Version="{version}" />
            <PackageReference Include="MobileNetGen.SkiaSharp" Version="{version}" />
          </ItemGroup>

        </Project>

        """;

    /// <summary>Where packages are looked for, besides the usual sources.</summary>
    public static string Sources(string source) => $"""
        <?xml version="1.0" encoding="utf-8"?>
        <configuration>
          <packageSources>
            <add key="MobileNetGen" value="{SecurityElement.Escape(source)}" />
          </packageSources>
        </configuration>

        """;

    /// <summary>The program.</summary>
    /// <param name="network">The network.</param>
    /// <param name="inNamespace">The namespace of its class.</param>
    /// <param name="photograph">A photograph for when none is named, or null.</param>
    public static string Program(Network network, string inNamespace, string? photograph) => $$"""
        using {{inNamespace}};
        using MobileNetGen.SkiaSharp;{{(network.Detector is null ? "" : "\nusing SkiaSharp;")}}

        {{(photograph is null ? """
            if (args.Length == 0)
                Console.WriteLine("Usage: dotnet run -- photo.jpg");

            foreach (string path in args)
            """ : $"""foreach (string path in args.DefaultIfEmpty("{photograph}"))""")}}
        {
            try
            {
                Console.WriteLine(path);
                {{Body(network).Replace("\n", "\n        ")}}
            }
            catch (PhotoException problem)
            {
                Console.WriteLine(problem.Message);
            }
        }

        """;

    /// <summary>The class as a program of statements names it. A namespace of its name, if the description gives that, would hide it.</summary>
    private static string Class(Network network) => network.Namespace is { } given && Begins(given, network.ClassName) ? $"{given}.{network.ClassName}" : network.ClassName;

    /// <summary>Whether a namespace begins with a name.</summary>
    public static bool Begins(string inNamespace, string name) => inNamespace.Split('.')[0] == name;

    private static string Body(Network network) => network switch
    {
        { Detector: not null } => $$"""
            using SKBitmap photo = Photo.Open(path);
            Detection[] found = {{Class(network)}}.Detect(photo, threshold: 0.5f);
            foreach (Detection detection in found)
                Console.WriteLine($"  {detection.In(photo.Width, photo.Height)}");

            photo.DrawBoxes(found);
            photo.Save(Path.ChangeExtension(path, ".found.png"));
            """,
        { EndsInProbabilities: true } => $$"""
            foreach (Prediction prediction in {{Class(network)}}.Classify(path, count: 3))
                Console.WriteLine($"  {prediction}{{(network.Unknown is null ? "" : "{(prediction.IsKnown ? \"\" : \", not known\")}")}}");
            """,
        _ => $$"""
            var pixels = new byte[{{Class(network)}}.InputLength];
            var features = new float[{{Class(network)}}.OutputLength];
            using (var photo = Photo.Open(path))
                {{Class(network)}}.Prepare(photo, pixels);
            {{Class(network)}}.Run(pixels, features);
            Console.WriteLine($"  {string.Join(" ", features.Take(8))} …");
            """,
    };
}
