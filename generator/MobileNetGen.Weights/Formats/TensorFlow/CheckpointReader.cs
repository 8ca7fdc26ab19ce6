using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Files;
using MobileNetGen.Weights.Formats.Parameters;
using MobileNetGen.Weights.Formats.Protobuf;

namespace MobileNetGen.Weights.Formats.TensorFlow;

/// <summary>
/// Reads TensorFlow's checkpoints, as TF-slim and tf.layers save them by the names of scopes and TensorFlow 2 by the paths of objects.
/// </summary>
/// <remarks>
/// Optimisers' slots, step counters and everything else whose name does not end in that of a layer's parameter is passed over unread. Where a parameter
/// has a moving average, that is read in its stead: it is what TF-slim evaluates.
/// </remarks>
public sealed class CheckpointReader : IWeightsReader
{
    /// <summary>ε of TF-slim's MobileNets and of Keras' batch normalisation.</summary>
    private const double Epsilon = 1e-3;

    private const int MaximumParameters = 16_384;

    private const string ShadowSuffix = "/ExponentialMovingAverage";
    private const string ObjectSuffix = "/.ATTRIBUTES/VARIABLE_VALUE";

    /// <summary>TensorFlow's checkpoints, with TensorFlow's padding.</summary>
    public static SourceFormat Format { get; } = new("TensorFlow checkpoint", PaddingConvention.Same);

    /// <inheritdoc/>
    public string Description => "TensorFlow checkpoint (.index with .data-*)";

    /// <inheritdoc/>
    public bool CanRead(ReadOnlySpan<byte> head, string extension) => extension == WeightsPath.CheckpointIndex || extension.StartsWith(".data-", StringComparison.Ordinal);

    /// <inheritdoc/>
    public SourceModel Read(WeightsInput file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (!file.Name.EndsWith(WeightsPath.CheckpointIndex, StringComparison.OrdinalIgnoreCase))
            throw new WeightsException("The file is a checkpoint's data alone; name the checkpoint, or its .index file, which says what the data is.");
        if (!SortedTable.HasFooter(file.Bytes))
        {
            throw new WeightsException(
                "The file is not the index of a TensorFlow checkpoint: its last eight bytes are others. Fetch or save it again; "
                + "a web page or a Git LFS pointer saved under its name looks like this.");
        }

        return ProtobufReader.Guard("checkpoint", () => Read(new TensorBundle(file)));
    }

    private static SourceParameters Read(TensorBundle bundle)
    {
        // By the parameter's own name, the name it is read under.
        var sources = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in bundle.Names)
        {
            bool isShadow = name.EndsWith(ShadowSuffix, StringComparison.Ordinal);
            string own = isShadow ? name[..^ShadowSuffix.Length] : name;
            if (Role(own) is not null && own.All(PrintableName.IsPrintable) && (isShadow || !sources.ContainsKey(own)))
                sources[own] = name;
        }

        if (sources.Count == 0)
        {
            string examples = string.Join(", ", bundle.Names.Order(StringComparer.Ordinal).Take(3).Select(PrintableName.Of));
            throw new WeightsException($"None of its tensors is named as a layer's parameter (…/weights, …/kernel, …/gamma and so on); it has {(examples.Length == 0 ? "none" : examples)}.");
        }

        if (sources.Count > MaximumParameters)
            throw new WeightsException($"It has {sources.Count} parameters; a MobileNet has a few hundred, and at most {MaximumParameters} are read.");

        IEnumerable<Parameter> parameters =
            from source in sources.OrderBy(pair => Layer(pair.Key), LayerOrder.Instance).ThenBy(pair => Role(pair.Key))
            let tensor = bundle.Read(source.Value)
            select new Parameter(Layer(source.Key), Role(source.Key)!.Value, tensor.Name, tensor.Shape, tensor.Floats);
        return ParameterGrouping.Group(Format, KernelLayout.OutputLast, Epsilon, inOrder: true, [.. parameters]);
    }

    /// <summary>What a tensor is to its layer, by the last word of its name; null where it is nothing that a network computes with.</summary>
    private static ParameterRole? Role(string name) => Words(name)[^1] switch
    {
        "weights" or "kernel" => ParameterRole.Kernel,
        "depthwise_weights" or "depthwise_kernel" => ParameterRole.DepthwiseKernel,
        "biases" or "bias" => ParameterRole.Bias,
        "gamma" => ParameterRole.Gamma,
        "beta" => ParameterRole.Beta,
        "moving_mean" => ParameterRole.Mean,
        "moving_variance" => ParameterRole.Variance,
        _ => null,
    };

    /// <summary>The path of a tensor's layer. TF-slim's batch normalisation stands in the scope of its convolution and is part of it.</summary>
    private static string Layer(string name) =>
        string.Join('/', Words(name) is [.. var layer, "BatchNorm", _] ? layer : Words(name)[..^1]);

    private static string[] Words(string name) =>
        (name.EndsWith(ObjectSuffix, StringComparison.Ordinal) ? name[..^ObjectSuffix.Length] : name).Split('/');
}
