using System;
using System.IO;
using System.Linq;

namespace MobileNetGen.Batch.Tests.Kubernetes;

/// <summary>A test that needs kubectl.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KustomizeFactAttribute : FactAttribute
{
    /// <summary>Skips without it.</summary>
    public KustomizeFactAttribute() => Skip = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "kubectl")))
        ? null
        : "kubectl is not installed, which renders what kustomize makes of the manifests.";
}
