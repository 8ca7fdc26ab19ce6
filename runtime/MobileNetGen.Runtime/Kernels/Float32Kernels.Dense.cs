namespace MobileNetGen.Runtime.Kernels;

public static unsafe partial class Float32Kernels
{
    /// <summary>A fully connected layer: a 1×1 convolution of a single pixel.</summary>
    /// <param name="input">[inputs].</param>
    /// <param name="output">[outputBlocks][16].</param>
    /// <param name="weights">[outputs/16][inputs][16].</param>
    /// <param name="bias">[outputs/16][16].</param>
    /// <param name="inputs">Inputs.</param>
    /// <param name="outputBlocks">Outputs / 16, rounded up.</param>
    /// <param name="min">Lower end of the activation.</param>
    /// <param name="max">Upper end of the activation.</param>
    public static void Dense(float* input, float* output, float* weights, float* bias, int inputs, int outputBlocks, float min, float max)
        => Pointwise(new FeatureMap<float>(input, 0, Lanes), new FeatureMap<float>(output, 0, Lanes), weights, bias, 1, inputs, outputBlocks, 0, 1, min, max);
}
