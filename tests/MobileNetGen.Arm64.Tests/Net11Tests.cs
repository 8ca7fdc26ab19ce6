using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Threading.Tasks;

namespace MobileNetGen.Arm64.Tests;

/// <summary>The kernels for .NET 11, which has AVX-512 VNNI, on a .NET 11 that is published with them.</summary>
public sealed class Net11Tests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mobilenetgen").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Net11Fact]
    public async Task Kernels_and_networks_compute_on_DotNet_11_what_they_compute_here()
    {
        string application = Path.Combine(_folder, "application");
        HostProgram.Publish(Path.Combine(_folder, "artifacts"), application, "-r", "linux-x64", "-p:Net11=true");
        using (var runtime = new PEReader(File.OpenRead(Path.Combine(application, "MobileNetGen.Runtime.dll"))))
        {
            MetadataReader metadata = runtime.GetMetadataReader();
            Assert.Contains("PlainSumsAvxVnni512", metadata.TypeDefinitions.Select(t => metadata.GetString(metadata.GetTypeDefinition(t).Name)));
        }

        string[] tests = await Run("tests", "bytes"), networks = await Run("networks");
        Assert.InRange(int.Parse(tests[^1]["Passed: ".Length..], CultureInfo.InvariantCulture), 50, int.MaxValue);
        Assert.All(networks[1..], line =>
        {
            string[] parts = line.Split(": ");
            Assert.Equal(SampleNetwork.All[parts[0]].RunOnNoise(), Convert.FromHexString(parts[1]));
        });
        Assert.Equal(SampleNetwork.All.Count, networks.Length - 1);

        async Task<string[]> Run(params string[] command)
        {
            (string output, _) = await HostProgram.RunToEnd(new ProcessStartInfo(Path.Combine(application, "Host"), [typeof(Program).Assembly.Location, .. command]));
            string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.StartsWith(".NET 11, ", lines[0], StringComparison.Ordinal);
            return lines;
        }
    }
}
