using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json;
using k8s;
using k8s.Models;
using MobileNetGen.Batch.Tests.Support;
using MobileNetGen.Tool.Terminal;

namespace MobileNetGen.Batch.Tests.Kubernetes;

/// <summary>The manifests of deploy/batch, read by the client of Kubernetes, for which a field that it does not know is an error.</summary>
public class IndexedJobTests
{
    private static readonly string s_folder = Path.Combine(BuildProperty.RepositoryRoot, "deploy", "batch");

    [Fact]
    public void The_job_has_the_rules_of_an_indexed_job()
    {
        V1JobSpec job = Read(File.ReadAllText(Path.Combine(s_folder, "job.yaml"))).Spec;
        Assert.Equal("Indexed", job.CompletionMode);
        Assert.InRange(job.Parallelism!.Value, 1, job.Completions!.Value);
        Assert.InRange(job.MaxFailedIndexes!.Value, 0, job.Completions!.Value);

        // Without it the API refuses a limit of each index and a policy for failures.
        Assert.Equal("Never", job.Template.Spec.RestartPolicy);
        V1Container container = job.Template.Spec.Containers.Single();
        Assert.Contains($"--shards={job.Completions}", container.Args);
        V1PodFailurePolicyRule final = job.PodFailurePolicy.Rules.Single(r => r.OnExitCodes is not null);
        Assert.Equal(("FailIndex", container.Name, "In"), (final.Action, final.OnExitCodes.ContainerName, final.OnExitCodes.OperatorProperty));
        Assert.Equal([ExitCode.InputIsWrong, ExitCode.Usage], final.OnExitCodes.Values);

        // Paths lie where volumes are mounted, and only results are written.
        Assert.Equal(job.Template.Spec.Volumes.Select(v => v.Name).Order(), container.VolumeMounts.Select(m => m.Name).Order());
        Assert.All(container.Args.Where(a => a.Contains('/', StringComparison.Ordinal)), a => Assert.Contains(container.VolumeMounts, m => a[a.IndexOf('/', StringComparison.Ordinal)..].StartsWith(m.MountPath + "/", StringComparison.Ordinal)));
        Assert.Equal(["/photographs"], container.VolumeMounts.Where(m => m.ReadOnlyProperty == true).Select(m => m.MountPath));
    }

    [Fact]
    public void A_field_that_does_not_exist_is_an_error()
    {
        string text = File.ReadAllText(Path.Combine(s_folder, "job.yaml")).Replace("  completions:", "  completion:", StringComparison.Ordinal);
        Assert.ThrowsAny<Exception>(() => Read(text));
    }

    [Fact]
    public void A_pod_writes_the_rows_of_its_index()
    {
        using var drawn = new Drawn();
        drawn.Pictures(40);
        Directory.CreateDirectory(drawn["results"]);
        File.WriteAllText(drawn["net.mbnet"], "network MobileNetV1\nalpha 0.25\nresolution 32\nclasses 3\nweights random 1");
        string[] arguments = [.. Read(File.ReadAllText(Path.Combine(s_folder, "job.yaml"))).Spec.Template.Spec.Containers.Single().Args
            .Select(a => a.Replace("/photographs/", drawn.Folder + "/", StringComparison.Ordinal).Replace("/results/", drawn["results"] + "/", StringComparison.Ordinal))];
        using Process pod = Support.Tool.Start(("JOB_COMPLETION_INDEX", "3"), arguments);
        string error = pod.StandardError.ReadToEnd();
        pod.WaitForExit();
        Assert.True(pod.ExitCode == 0, error);
        string[] names = [.. File.ReadLines(drawn["results/results-3-of-8.ndjson"]).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("file").GetString()!)];
        Assert.NotEmpty(names);
        Assert.Equal(Directory.GetFiles(drawn["photos"]).Order(StringComparer.Ordinal).Where(new Shard(3, 8).Has), names);
    }

    [KustomizeFact]
    public void Kustomize_renders_the_base_with_its_image()
    {
        using var kubectl = Process.Start(new ProcessStartInfo("kubectl", ["kustomize", s_folder]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string rendered = kubectl.StandardOutput.ReadToEnd(), error = kubectl.StandardError.ReadToEnd();
        kubectl.WaitForExit();
        Assert.True(kubectl.ExitCode == 0, error);
        V1Job job = Read(rendered);
        Assert.Equal("mbnet:0.1.0", job.Spec.Template.Spec.Containers.Single().Image);
        Assert.Equal(8, job.Spec.Completions);
    }

    private static V1Job Read(string yaml) => KubernetesYaml.Deserialize<V1Job>(yaml, strict: true);
}
