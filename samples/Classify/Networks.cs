namespace MobileNetGen.Samples.Classify;

/// <summary>The networks that this program was built with.</summary>
internal static class Networks
{
    public const string HowToGetImageNet =
        """
        This sample was built without an ImageNet network, because the one it uses is not part of the repository and was not found beside it, in ../shared/data.
        To use a MobileNetV2 of your own:

          1. edit samples/Classify/MobileNetV2_0_5_160.mbnet: the paths of your weights and labels, and what else differs;
          2. with another α or resolution the class has another name: put that into samples/Classify/Networks.cs;
          3. dotnet run -c Release --project samples/Classify -p:HasReferenceData=True -- --imagenet photo.jpg
        """;

    /// <summary>Ten classes: models/cifar10, which is part of the repository.</summary>
    public static Classifier Cifar10 { get; } = new(
        Cifar10_1_0_32_Int8.InputHeight * Cifar10_1_0_32_Int8.InputWidth * Cifar10_1_0_32_Int8.InputChannels,
        (rgb, width, height, pixels) => Cifar10_1_0_32_Int8.Prepare(rgb, width, height, pixels),
        Cifar10_1_0_32_Int8.Run,
        Cifar10_1_0_32_Int8.Labels.ToArray());

    /// <summary>A thousand classes, or null.</summary>
#if REFERENCE_DATA
    public static Classifier? ImageNet { get; } = new(
        MobileNetV2_0_5_160.InputHeight * MobileNetV2_0_5_160.InputWidth * MobileNetV2_0_5_160.InputChannels,
        (rgb, width, height, pixels) => MobileNetV2_0_5_160.Prepare(rgb, width, height, pixels),
        MobileNetV2_0_5_160.Run,
        MobileNetV2_0_5_160.Labels.ToArray());
#else
    public static Classifier? ImageNet => null;
#endif
}
