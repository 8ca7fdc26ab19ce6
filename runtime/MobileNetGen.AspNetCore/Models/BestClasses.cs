using System;
using System.Globalization;
using System.Linq;
using MobileNetGen.AspNetCore.Tensors;
using MobileNetGen.Runtime;

namespace MobileNetGen.AspNetCore.Models;

/// <summary>The classification extension: the best classes in place of all scores, each a string <c>score:index:label</c>.</summary>
internal static class BestClasses
{
    /// <summary>The best classes of each image.</summary>
    /// <param name="scores">FP32 [images, scores].</param>
    /// <param name="labels">The names of classes, or empty.</param>
    /// <param name="count">How many classes are asked for; where there are fewer, all are given.</param>
    public static OutputTensor Of(OutputTensor scores, ReadOnlySpan<string> labels, int count)
    {
        // A single score is the probability of the second of two classes.
        int images = scores.Shape[0], length = scores.Shape[1], columns = Math.Min(count, Math.Max(length, 2));
        var items = new string[images * columns];
        var top = new Prediction[columns];
        for (int i = 0; i < images; i++)
        {
            ReadOnlySpan<float> row = scores.As<float>().Slice(i * length, length);
            if (length == 1)
                Prediction.TopOfTwo(row[0], labels, top);
            else
                Prediction.Top(row, labels, top);
            top.Select(Text).ToArray().CopyTo(items, i * columns);
        }

        return new OutputTensor(scores.Name, DataType.Bytes, [images, columns]) { Items = items };
    }

    private static string Text(Prediction prediction) => string.Create(
        CultureInfo.InvariantCulture, $"{prediction.Probability}:{prediction.Index}{(string.IsNullOrEmpty(prediction.Label) ? "" : ":")}{prediction.Label}");
}
