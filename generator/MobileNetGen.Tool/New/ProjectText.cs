using System.Security;
using MobileNetGen.Compiler.Networks;

namespace MobileNetGen.Tool.New;

/// <summary>The texts of a new project.</summary>
internal static class ProjectText
{
    /// <summary>The project.</summary>
    public static string Project(string version) => $"""
        <Project Sdk="Microsoft.NET.Sdk">

          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <Nullable>enable</Nullable>
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

    private static string Body(Network network) => network switch
    {
        { Detector: not null } => $$"""
            using SKBitmap photo = Photo.Open(path);
            Detection[] found = {{network.ClassName}}.Detect(photo, threshold: 0.5f);
            foreach (Detection detection in found)
                Console.WriteLine($"  {detection.In(photo.Width, photo.Height)}");

            photo.DrawBoxes(found);
            photo.Save(Path.ChangeExtension(path, ".found.png"));
            """,
        { EndsInProbabilities: true } => $$"""
            foreach (Prediction prediction in {{network.ClassName}}.Classify(path, count: 3))
                Console.WriteLine($"  {prediction}{{(network.Unknown is null ? "" : "{(prediction.IsKnown ? \"\" : \", not known\")}")}}");
            """,
        _ => $$"""
            var pixels = new byte[{{network.ClassName}}.InputLength];
            var features = new float[{{network.ClassName}}.OutputLength];
            using (var photo = Photo.Open(path))
                {{network.ClassName}}.Prepare(photo, pixels);
            {{network.ClassName}}.Run(pixels, features);
            Console.WriteLine($"  {string.Join(" ", features.Take(8))} …");
            """,
    };
}
