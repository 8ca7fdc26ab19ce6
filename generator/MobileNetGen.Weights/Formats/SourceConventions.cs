namespace MobileNetGen.Weights.Formats;

/// <summary>What the networks of one producer have where a file does not say. Whatever is taken from here is an assumption, and named as one.</summary>
/// <param name="Producer">Whose networks they are, for messages: "torchvision's".</param>
/// <param name="Padding">Their padding.</param>
/// <param name="Epsilon">ε of their batch normalisations.</param>
/// <param name="Activation">What their layers do to their results.</param>
/// <param name="Normalization">What they do to pixels.</param>
/// <param name="IsBgr">Whether blue is the first channel.</param>
public sealed record SourceConventions(
    string Producer, PaddingConvention Padding, double Epsilon, SourceActivation Activation, SourceNormalization Normalization, bool IsBgr)
{
    /// <summary>TensorFlow's, TF-slim's and Keras'.</summary>
    public static SourceConventions TensorFlow { get; } = new("TensorFlow's", PaddingConvention.Same, 1e-3, SourceActivation.Relu6, SourceNormalization.AroundZero, IsBgr: false);

    /// <summary>torchvision's, and of those who train as it does.</summary>
    public static SourceConventions Torchvision { get; } =
        new("torchvision's", PaddingConvention.Symmetric, 1e-5, SourceActivation.Relu6, new([123.675m, 116.28m, 103.53m], [58.395m, 57.12m, 57.375m]), IsBgr: false);

    /// <summary>torchvision's that can be quantised, whose clamps at 6 are left to the quantisation.</summary>
    public static SourceConventions TorchvisionQuantizable { get; } = Torchvision with { Producer = "torchvision's quantisable", Activation = SourceActivation.Relu };

    /// <summary>torchvision's MobileNetV3, of whose name no tensor has a part but which names its blocks otherwise.</summary>
    public static SourceConventions TorchvisionV3 { get; } = Torchvision with { Producer = "torchvision's MobileNetV3", Epsilon = 1e-3, Activation = SourceActivation.Relu };

    /// <summary>torchvision's SSDLite on MobileNetV3, whose layers behind the backbone have ReLU6.</summary>
    public static SourceConventions TorchvisionDetector { get; } =
        TorchvisionV3 with { Producer = "torchvision's SSDLite", Activation = SourceActivation.Relu6, Normalization = SourceNormalization.AroundZero };

    /// <summary>timm's MobileNetV3, but for those with TensorFlow's weights.</summary>
    public static SourceConventions TimmV3 { get; } = Torchvision with { Producer = "timm's MobileNetV3", Activation = SourceActivation.Relu };

    /// <summary>TensorFlow's MobileNetV3.</summary>
    public static SourceConventions TensorFlowV3 { get; } = TensorFlow with { Producer = "TensorFlow's MobileNetV3", Activation = SourceActivation.Relu };

    /// <summary>Hugging Face's transformers, whose MobileNets are Google's.</summary>
    public static SourceConventions Transformers { get; } = TensorFlow with { Producer = "transformers'" };

    /// <summary>timm's whose names begin with tf_: TensorFlow's weights.</summary>
    public static SourceConventions TimmTensorFlow { get; } = TensorFlow with { Producer = "timm's tf_" };

    /// <summary>Caffe's.</summary>
    public static SourceConventions Caffe { get; } = new("Caffe's", PaddingConvention.Symmetric, 1e-5, SourceActivation.Relu, new([103.94m, 116.78m, 123.68m], [58.82m]), IsBgr: true);

    /// <summary>What a format suggests where nothing in a file says more.</summary>
    public static SourceConventions Of(SourceFormat format) => format.Padding == PaddingConvention.Same
        ? TensorFlow
        : format.Name == "Caffe" ? Caffe : Torchvision;
}
