namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class UInt8Kernels
{
    /// <summary>A fully connected layer: a 1×1 convolution of a single pixel.</summary>
    /// <param name="input">[inputs], readable up to the next multiple of 4.</param>
    /// <param name="output">[outputBlocks][16].</param>
    /// <param name="weights">[outputs/16][inputs/4 rounded up][16][4]; padding weights are the weight zero point.</param>
    /// <param name="channels">Bias, multiplier and shift of each block of outputs.</param>
    /// <param name="inputs">Inputs.</param>
    /// <param name="outputBlocks">Outputs / 16, rounded up.</param>
    /// <param name="r">How sums become bytes.</param>
    public static void Dense(byte* input, byte* output, sbyte* weights, int* channels, int inputs, int outputBlocks, Requantization r)
        => Pointwise(new FeatureMap<byte>(input, 0, Lanes), new FeatureMap<byte>(output, 0, Lanes), weights, channels, 1, inputs, outputBlocks, 0, 1, r);
}
