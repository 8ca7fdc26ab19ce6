namespace MobileNetGen.Samples.Web;

/// <summary>The networks that the page offers.</summary>
internal static class Networks
{
    /// <summary>To add one, put its <c>.mbnet</c> file and its weights into this folder, and a line here: the class is named in the build's output.</summary>
    public static readonly Classifier[] All =
    [
        new Classifier<Cifar10_1_0_32_Int8>(),
    ];
}
