using System.Collections.Generic;
using System.IO;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace MobileNetGen.AspNetCore.Tests.Deploy;

/// <summary>What the manifests of deploy/kserve say, as far as KServe's API has it. A field of another name is an error, as it would be there.</summary>
internal sealed class Manifest
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public Meta Metadata { get; set; } = new();

    public Body Spec { get; set; } = new();

    // Of kustomizations.
    public List<string> Resources { get; set; } = [];

    public List<Dictionary<string, string>> Patches { get; set; } = [];

    public List<Dictionary<string, string>> Images { get; set; } = [];

    /// <summary>Reads a file of deploy/kserve.</summary>
    public static Manifest Read(string path)
        => new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).WithDuplicateKeyChecking().Build()
            .Deserialize<Manifest>(File.ReadAllText(Path.Combine(BuildProperty.RepositoryRoot, "deploy", "kserve", path)));

    internal sealed class Meta
    {
        public string Name { get; set; } = "";

        public Dictionary<string, string> Annotations { get; set; } = [];
    }

    /// <summary>Of a ServingRuntime the first half, of an InferenceService the predictor.</summary>
    internal sealed class Body
    {
        public List<Format> SupportedModelFormats { get; set; } = [];

        public List<string> ProtocolVersions { get; set; } = [];

        public bool MultiModel { get; set; }

        public List<Container> Containers { get; set; } = [];

        public Predictor Predictor { get; set; } = new();
    }

    internal sealed class Format
    {
        public string Name { get; set; } = "";

        public string Version { get; set; } = "";

        public bool AutoSelect { get; set; }
    }

    internal sealed class Container
    {
        public string Name { get; set; } = "";

        public string Image { get; set; } = "";

        public List<Dictionary<string, string>> Env { get; set; } = [];

        public List<Port> Ports { get; set; } = [];

        public Probe StartupProbe { get; set; } = new();

        public Probe LivenessProbe { get; set; } = new();

        public Probe ReadinessProbe { get; set; } = new();

        public Dictionary<string, Dictionary<string, string>> Resources { get; set; } = [];

        public Security SecurityContext { get; set; } = new();

        public IEnumerable<Probe> Probes => [StartupProbe, LivenessProbe, ReadinessProbe];
    }

    internal sealed class Port
    {
        public string Name { get; set; } = "";

        public int ContainerPort { get; set; }

        public string Protocol { get; set; } = "";
    }

    internal sealed class Probe
    {
        public Get HttpGet { get; set; } = new();

        public int PeriodSeconds { get; set; }

        public int FailureThreshold { get; set; }
    }

    internal sealed class Get
    {
        public string Path { get; set; } = "";

        public int Port { get; set; }
    }

    internal sealed class Security
    {
        public bool AllowPrivilegeEscalation { get; set; } = true;

        public bool ReadOnlyRootFilesystem { get; set; }

        public bool RunAsNonRoot { get; set; }

        public Dictionary<string, List<string>> Capabilities { get; set; } = [];
    }

    internal sealed class Predictor
    {
        public int? MinReplicas { get; set; }

        public int? MaxReplicas { get; set; }

        public string? ScaleMetric { get; set; }

        public int? ScaleTarget { get; set; }

        public int? ContainerConcurrency { get; set; }

        public int? TerminationGracePeriodSeconds { get; set; }

        public Model? Model { get; set; }
    }

    internal sealed class Model
    {
        public Format ModelFormat { get; set; } = new();

        public string ProtocolVersion { get; set; } = "";

        public string Runtime { get; set; } = "";
    }
}
