using System;
using System.Linq;
using System.Threading;
using MobileNetGen.AspNetCore.Tensors;
using MobileNetGen.Runtime;

namespace MobileNetGen.AspNetCore.Models;

/// <summary>A detector.</summary>
/// <typeparam name="TNetwork">The generated class.</typeparam>
/// <param name="name">What clients call it.</param>
/// <param name="leastScore">The least score, where a request says none.</param>
/// <param name="most">The most objects of an image.</param>
internal sealed class DetectorModel<TNetwork>(string name, float leastScore, int most) : ImageModel(name) where TNetwork : IImageDetector<TNetwork>
{
    /// <inheritdoc/>
    public override TensorDescription[] Outputs { get; } =
    [
        new("boxes", DataType.Float32, [-1, -1, 4]), new("classes", DataType.Int32, [-1, -1]), new("scores", DataType.Float32, [-1, -1]),
        new("labels", DataType.Bytes, [-1, -1]), new("counts", DataType.Int32, [-1]),
    ];

    /// <inheritdoc/>
    public override OutputTensor[] Run(InputTensor input, int count, float? threshold, CancellationToken cancellation)
    {
        var found = new Detection[count][];
        var detections = new Detection[most];
        ForEach(input, count, cancellation, (in picture, index) => found[index] = detections[..TNetwork.Detect(
            picture.Pixels, picture.Width, picture.Height, detections, threshold ?? leastScore, picture.Format, picture.Stride)]);

        int columns = found.Max(objects => objects.Length);
        Detection[] table = [.. found.SelectMany(objects => objects.Concat(Enumerable.Repeat(new Detection { Label = "" }, columns - objects.Length)))];
        int[] shape = Batch(count, columns);
        return
        [
            OutputTensor.Of<float>(Outputs[0].Name, DataType.Float32, [.. shape, 4], [.. table.SelectMany(box => (float[])[box.Left, box.Top, box.Right, box.Bottom])]),
            OutputTensor.Of<int>(Outputs[1].Name, DataType.Int32, shape, Array.ConvertAll(table, box => box.Class)),
            OutputTensor.Of<float>(Outputs[2].Name, DataType.Float32, shape, Array.ConvertAll(table, box => box.Score)),
            new OutputTensor(Outputs[3].Name, DataType.Bytes, shape) { Items = Array.ConvertAll(table, box => box.Label) },
            OutputTensor.Of<int>(Outputs[4].Name, DataType.Int32, Batch(count), Array.ConvertAll(found, objects => objects.Length)),
        ];
    }
}
