using System.Collections.Immutable;

namespace MobileNetGen.Weights.Formats.Parameters;

/// <summary>Brings kernels from their format's order of dimensions into that of <see cref="SourceFilterKind"/>.</summary>
internal static class KernelOrder
{
    /// <summary>The number of outputs of a kernel.</summary>
    /// <exception cref="WeightsException">It has neither four dimensions nor two.</exception>
    public static int Outputs(Parameter kernel, KernelLayout layout)
    {
        ImmutableArray<int> shape = kernel.Shape;
        if (shape.Length is not (2 or 4) || (kernel.Role == ParameterRole.DepthwiseKernel && shape.Length != 4))
        {
            throw new WeightsException(
                $"\"{kernel.Name}\" has the shape [{string.Join(", ", shape)}]; weights of convolutions have four dimensions and those of fully connected layers two.");
        }

        if (layout == KernelLayout.OutputFirst)
        {
            if (kernel.Role == ParameterRole.DepthwiseKernel && shape[1] != 1)
                throw new WeightsException($"\"{kernel.Name}\" has the shape [{string.Join(", ", shape)}]; depthwise weights have 1 as their second dimension.");
            return shape[0];
        }

        return kernel.Role == ParameterRole.DepthwiseKernel ? shape[2] * shape[3] : shape[^1];
    }

    /// <summary>
    /// Whether it is depthwise by its role, or because each output has one input channel, which the convolution of a grey picture has too: the layer will tell.
    /// </summary>
    public static bool IsDepthwise(Parameter kernel, KernelLayout layout) =>
        kernel.Role == ParameterRole.DepthwiseKernel || (layout == KernelLayout.OutputFirst && kernel.Shape.Length == 4 && kernel.Shape[1] == 1);

    /// <summary>The kernel as a filter has it.</summary>
    public static (SourceFilterKind Kind, SourceTensor Weights) Transpose(Parameter kernel, KernelLayout layout)
    {
        ImmutableArray<int> shape = kernel.Shape;
        bool isOutputFirst = layout == KernelLayout.OutputFirst;
        if (shape.Length == 2)
        {
            return isOutputFirst
                ? (SourceFilterKind.Dense, new SourceTensor(kernel.Name, shape, kernel.Values))
                : (SourceFilterKind.Dense, new SourceTensor(kernel.Name, [shape[1], shape[0]], SwapLast(kernel.Values, 1, shape[0], shape[1])));
        }

        if (IsDepthwise(kernel, layout))
        {
            return isOutputFirst
                ? (SourceFilterKind.Depthwise, new SourceTensor(kernel.Name, [shape[2], shape[3], shape[0]], SwapLast(kernel.Values, 1, shape[0], shape[2] * shape[3])))
                : (SourceFilterKind.Depthwise, new SourceTensor(kernel.Name, [shape[0], shape[1], shape[2] * shape[3]], kernel.Values));
        }

        return isOutputFirst
            ? (SourceFilterKind.Convolution, new SourceTensor(kernel.Name, [shape[0], shape[2], shape[3], shape[1]], SwapLast(kernel.Values, shape[0], shape[1], shape[2] * shape[3])))
            : (SourceFilterKind.Convolution, new SourceTensor(kernel.Name, [shape[3], shape[0], shape[1], shape[2]], SwapLast(kernel.Values, 1, shape[0] * shape[1] * shape[2], shape[3])));
    }

    /// <summary>[count][columns][rows] of [count][rows][columns].</summary>
    public static T[] SwapLast<T>(T[] values, int count, int rows, int columns)
    {
        var swapped = new T[values.Length];
        for (int i = 0, target = 0; i < count; i++)
        {
            for (int column = 0; column < columns; column++)
            {
                for (int row = 0; row < rows; row++)
                    swapped[target++] = values[(((i * rows) + row) * columns) + column];
            }
        }

        return swapped;
    }
}
