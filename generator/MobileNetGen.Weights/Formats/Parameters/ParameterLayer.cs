using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;

namespace MobileNetGen.Weights.Formats.Parameters;

/// <summary>The tensors of a file that belong together.</summary>
internal sealed class ParameterLayer(string name)
{
    private readonly Dictionary<ParameterRole, Parameter> _tensors = [];

    public string Name => name;

    /// <summary>The name of what it is a part of: "features.1.conv." of "features.1.conv.2".</summary>
    public string Parent { get; } = name[..(name.LastIndexOfAny(['.', '/']) + 1)];

    /// <summary>The last part of the name: "2" of "features.1.conv.2".</summary>
    public string ShortName => name[Parent.Length..];

    public Parameter? Kernel => Find(ParameterRole.Kernel) ?? Find(ParameterRole.DepthwiseKernel);

    public bool IsNormalization => Kernel is null;

    public bool IsDepthwise { get; private set; }

    /// <summary>Outputs of a kernel, channels of a batch normalisation.</summary>
    public int Channels { get; private set; }

    /// <summary>Inputs of a fully connected layer; 0 for all others.</summary>
    public int DenseInputs { get; private set; }

    /// <summary>What the file states of the layer beside its numbers.</summary>
    public SourceLayerFacts? Facts => _tensors.Values.FirstOrDefault(tensor => tensor.Facts is not null)?.Facts;

    /// <summary>Its number in a sequence, where its name is one.</summary>
    public int? Position => int.TryParse(ShortName, NumberStyles.None, CultureInfo.InvariantCulture, out int position) ? position : null;

    public void Add(Parameter tensor)
    {
        ParameterRole role = tensor.Role;
        bool isSecond = _tensors.ContainsKey(role) || (Kernel is not null && role is (ParameterRole.Kernel or ParameterRole.DepthwiseKernel));
        if (isSecond)
            throw new WeightsException($"\"{tensor.Name}\" is a second {Word(role)} of \"{name}\"; one was expected.");
        _tensors.Add(role, tensor);
    }

    /// <summary>Checks that the tensors fit each other, once all of them are here.</summary>
    public void Complete(KernelLayout layout)
    {
        if (Kernel is { } kernel)
        {
            (Channels, IsDepthwise) = (KernelOrder.Outputs(kernel, layout), KernelOrder.IsDepthwise(kernel, layout));
            DenseInputs = kernel.Shape.Length == 2 ? kernel.Shape[layout == KernelLayout.OutputFirst ? 1 : 0] : 0;
        }
        else if (Find(ParameterRole.Mean) is { } mean && Find(ParameterRole.Variance) is not null)
            Channels = mean.Values.Length;
        else
            throw new WeightsException($"\"{name}\" ({string.Join(", ", _tensors.Values.Select(t => t.Name))}) has neither weights nor a running mean and variance. Layers of a MobileNet are convolutions, batch normalisations and fully connected ones.");

        foreach (Parameter tensor in _tensors.Values)
        {
            if (tensor != Kernel && tensor.Values.Length != Channels)
                throw new WeightsException($"\"{tensor.Name}\" has {tensor.Values.Length} elements, but \"{name}\" has {Channels} {(IsNormalization ? "channels" : "outputs")}.");
        }
    }

    /// <summary>The batch normalisation that the tensors make, null if there is no mean or no variance among them.</summary>
    public BatchNormalization? Normalization(double epsilon) =>
        Find(ParameterRole.Mean) is { } mean && Find(ParameterRole.Variance) is { } variance
            ? new BatchNormalization(name, Find(ParameterRole.Gamma)?.Values, Beta?.Values, mean.Values, variance.Values, variance.Epsilon ?? epsilon)
            {
                StatesEpsilon = variance.Epsilon is not null,
            }
            : null;

    /// <summary>The filter of a layer with a kernel.</summary>
    public SourceFilter Filter(KernelLayout layout)
    {
        (SourceFilterKind kind, SourceTensor weights) = KernelOrder.Transpose(Kernel!, layout);
        SourceTensor? bias = Bias is { } b ? new SourceTensor(b.Name, ImmutableArray.Create(b.Values.Length), b.Values) : null;
        return new SourceFilter(Kernel!.Name, kind, weights, bias) { Facts = Facts };
    }

    private Parameter? Bias => Find(ParameterRole.Bias);

    /// <summary>PyTorch calls β "bias" too: it is one where there is no kernel that it could belong to.</summary>
    private Parameter? Beta => Find(ParameterRole.Beta) ?? (IsNormalization ? Bias : null);

    private Parameter? Find(ParameterRole role) => _tensors.GetValueOrDefault(role);

    private static string Word(ParameterRole role) => role switch
    {
        ParameterRole.Kernel or ParameterRole.DepthwiseKernel => "kernel",
        _ => role.ToString().ToLowerInvariant(),
    };
}
