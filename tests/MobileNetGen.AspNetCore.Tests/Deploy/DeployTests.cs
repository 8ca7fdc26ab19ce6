using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using MobileNetGen.AspNetCore.Tests.Support;
using MobileNetGen.Batch.Tests.Kubernetes;

namespace MobileNetGen.AspNetCore.Tests.Deploy;

/// <summary>What deploy/ says of the service is so, as far as that can be known without a cluster.</summary>
[Collection(ServiceCollection.Name)]
public class DeployTests(ServiceFixture fixture)
{
    private static readonly string s_deploy = Path.Combine(BuildProperty.RepositoryRoot, "deploy");

    private static readonly string s_program = File.ReadAllText(Path.Combine(BuildProperty.RepositoryRoot, "samples", "Service", "Program.cs"));

    [Fact]
    public async Task The_runtimes_ports_and_probes_are_those_of_the_service()
    {
        Manifest runtime = Manifest.Read("base/serving-runtime.yaml");
        Assert.Equal(("serving.kserve.io/v1alpha1", "ServingRuntime"), (runtime.ApiVersion, runtime.Kind));
        Manifest.Container container = Assert.Single(runtime.Spec.Containers);
        Assert.Equal("kserve-container", container.Name);

        // Knative takes one port, whose name says the protocol.
        Manifest.Port port = Assert.Single(container.Ports);
        Assert.Equal(("http1", Port("PORT"), "TCP"), (port.Name, port.ContainerPort, port.Protocol));
        Assert.Equal(Port("GRPC_PORT").ToString(CultureInfo.InvariantCulture), Assert.Single(container.Env, variable => variable["name"] == "GRPC_PORT")["value"]);
        foreach (Manifest.Probe probe in container.Probes)
        {
            Assert.Equal(port.ContainerPort, probe.HttpGet.Port);
            Assert.Equal(200, (await fixture.Service.GetAsync(probe.HttpGet.Path)).Status);
            Assert.InRange(probe.PeriodSeconds * probe.FailureThreshold, 1, 60);
        }

        Assert.True(container.SecurityContext is { AllowPrivilegeEscalation: false, ReadOnlyRootFilesystem: true, RunAsNonRoot: true });
        Assert.Equal(["cpu", "memory"], container.Resources["limits"].Keys.Order());
        Assert.Equal(["v2", "grpc-v2"], runtime.Spec.ProtocolVersions);
    }

    [Fact]
    public void The_inference_service_names_the_runtime()
    {
        Manifest runtime = Manifest.Read("base/serving-runtime.yaml"), service = Manifest.Read("base/inference-service.yaml");
        Assert.Equal(("serving.kserve.io/v1beta1", "InferenceService"), (service.ApiVersion, service.Kind));
        Manifest.Model model = service.Spec.Predictor.Model!;
        Assert.Equal(runtime.Metadata.Name, model.Runtime);
        Assert.Equal(runtime.Spec.SupportedModelFormats.Select(format => (format.Name, format.Version)), [(model.ModelFormat.Name, model.ModelFormat.Version)]);
        Assert.Contains(model.ProtocolVersion, runtime.Spec.ProtocolVersions);
        Assert.True(service.Spec.Predictor.TerminationGracePeriodSeconds > new InferenceLimits().ShutdownDelay.TotalSeconds);
    }

    [Theory]
    [InlineData("cpu", "RawDeployment", "cpu")]
    [InlineData("knative", "Serverless", "concurrency")]
    public void Overlays_patch_the_inference_service(string overlay, string mode, string metric)
    {
        string folder = $"overlays/{overlay}";
        Manifest kustomization = Manifest.Read($"{folder}/kustomization.yaml"), patch = Manifest.Read($"{folder}/{Assert.Single(Manifest.Read($"{folder}/kustomization.yaml").Patches)["path"]}");
        Assert.Equal(["../../base"], kustomization.Resources);
        Assert.All(Manifest.Read("base/kustomization.yaml").Resources, file => Assert.True(File.Exists(Path.Combine(s_deploy, "kserve", "base", file)), file));

        Manifest service = Manifest.Read("base/inference-service.yaml");
        Assert.Equal((service.ApiVersion, service.Kind, service.Metadata.Name), (patch.ApiVersion, patch.Kind, patch.Metadata.Name));
        Assert.Equal(mode, patch.Metadata.Annotations["serving.kserve.io/deploymentMode"]);
        Assert.Equal(metric, patch.Spec.Predictor.ScaleMetric);
        Assert.InRange(patch.Spec.Predictor.MinReplicas!.Value, overlay == "knative" ? 0 : 1, patch.Spec.Predictor.MaxReplicas!.Value);
    }

    [KustomizeFact]
    public void Kustomize_renders_overlays() => Assert.All((string[])["cpu", "knative"], overlay =>
    {
        string folder = Path.Combine(s_deploy, "kserve", "overlays", overlay);
        string rendered = DotNet.Start("kubectl", folder, "en", "kustomize", folder).Succeeded().Output;

        // Both parts are there, of the base and of the overlay, and the image has its name and version.
        Assert.Contains("kind: ServingRuntime", rendered, System.StringComparison.Ordinal);
        Assert.Contains("runtime: mobilenetgen", rendered, System.StringComparison.Ordinal);
        Assert.Contains($"scaleMetric: {Manifest.Read($"overlays/{overlay}/inference-service.yaml").Spec.Predictor.ScaleMetric}", rendered, System.StringComparison.Ordinal);
        Assert.Matches(@"image: [^ ]+/mobilenetgen-service:\d", rendered);
    });

    [Fact]
    public void Knative_sends_a_pod_no_more_than_it_takes()
    {
        Manifest.Predictor predictor = Manifest.Read("overlays/knative/inference-service.yaml").Spec.Predictor;
        int processors = int.Parse(Manifest.Read("base/serving-runtime.yaml").Spec.Containers[0].Resources["limits"]["cpu"], CultureInfo.InvariantCulture);
        Assert.Equal(processors + new InferenceLimits().QueueLength, predictor.ContainerConcurrency);
        Assert.InRange(predictor.ScaleTarget!.Value, processors, predictor.ContainerConcurrency!.Value);
        Assert.Equal(0, predictor.MinReplicas);
    }

    [Fact]
    public void The_image_is_made_of_what_there_is()
    {
        string text = File.ReadAllText(Path.Combine(s_deploy, "Dockerfile"));
        string project = Regex.Match(text, "dotnet publish (?<project>[^ ]+) ").Groups["project"].Value, folder = Regex.Match(text, " -o (?<folder>[^ ]+) ").Groups["folder"].Value;
        Assert.True(File.Exists(Path.Combine(BuildProperty.RepositoryRoot, project, Path.GetFileName(project) + ".csproj")), project);
        Assert.Contains($"COPY --from=build {folder} {folder}\n", text, System.StringComparison.Ordinal);
        Assert.Contains($"ENTRYPOINT [\"{folder}/{Path.GetFileName(project)}\"]", text, System.StringComparison.Ordinal);
        Assert.Contains($"EXPOSE {Port("PORT")} {Port("GRPC_PORT")}\n", text, System.StringComparison.Ordinal);

        // Images of the framework that the project is for.
        Assert.All(Regex.Matches(text, @"^FROM mcr\.microsoft\.com/dotnet/[a-z-]+:(?<version>[\d.]+)-", RegexOptions.Multiline), image => Assert.Equal($"net{image.Groups["version"]}", Framework()));
        Assert.Equal(2, Regex.Count(text, "^FROM ", RegexOptions.Multiline));

        string Framework() => Regex.Match(File.ReadAllText(Path.Combine(BuildProperty.RepositoryRoot, project, Path.GetFileName(project) + ".csproj")), "<TargetFramework>(.*)</TargetFramework>").Groups[1].Value;
    }

    /// <summary>The port that the sample listens on where a variable does not say otherwise.</summary>
    private static int Port(string variable) => int.Parse(Regex.Match(s_program, $@"Port\(""{variable}"", (\d+)\)").Groups[1].Value, CultureInfo.InvariantCulture);
}
