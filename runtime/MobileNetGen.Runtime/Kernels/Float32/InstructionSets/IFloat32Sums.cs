namespace MobileNetGen.Runtime.Kernels;

/// <summary>The sums of a pixel for some outputs, and how they grow. What a register tile needs of an instruction set, for whole blocks of 16 outputs or for half a one.</summary>
/// <typeparam name="TVector">A vector of sums, or of weights.</typeparam>
internal unsafe interface IFloat32Sums<TVector> where TVector : unmanaged
{
    /// <summary>Neighbouring input values that a vector of weights meets.</summary>
    static abstract int Inputs { get; }

    /// <summary>Weights of an input value in a block: 16, or 8 in the last block of a layer that uses no more of it.</summary>
    static abstract int WeightLanes { get; }

    static abstract TVector Create(float value);

    static abstract TVector LoadWeights(float* weights);

    /// <summary>A number for each output.</summary>
    static abstract TVector LoadOutputs(float* outputs);

    /// <summary>Adds a number to each output.</summary>
    static abstract TVector AddOutputs(TVector sums, float* outputs);

    /// <summary>Adds the products of input values and a vector of weights.</summary>
    static abstract TVector MultiplyAdd(float* values, TVector weights, TVector sums);

    /// <summary>Writes the outputs, activated, and zeros to the other half of a block of which only one is used.</summary>
    static abstract void Store<TActivation>(TVector sums, TVector first, TVector second, float* target) where TActivation : struct, IFloat32Activation;
}
