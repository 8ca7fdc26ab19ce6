using System.Collections.Generic;
using MobileNetGen.Weights.Formats.Parameters;

namespace MobileNetGen.Weights.Formats.TensorFlow;

/// <summary>
/// The order in which layers run, by their paths. Numbers count as numbers: <c>Conv2d_2_pointwise</c> before <c>Conv2d_10_pointwise</c>. For TF-slim's
/// MobileNetV2 and V3, where numbers do not suffice, by the names it gives: <c>Conv</c>, <c>expanded_conv</c>, <c>expanded_conv_1</c>, …, <c>Conv_1</c>,
/// <c>Conv_2</c>, <c>Logits</c>; in a block <c>expand</c>, <c>depthwise</c>, <c>squeeze_excite</c>, <c>project</c>.
/// </summary>
internal sealed class LayerOrder : IComparer<string>
{
    public static LayerOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        string[] a = x!.Split('/'), b = y!.Split('/');
        for (int i = 0; i < a.Length && i < b.Length; i++)
        {
            int order = Rank(a[i]).CompareTo(Rank(b[i]));
            if (order == 0)
                order = NaturalOrder.Instance.Compare(a[i], b[i]);
            if (order != 0)
                return order;
        }

        return a.Length.CompareTo(b.Length);
    }

    private static int Rank(string word) => word switch
    {
        "Conv" or "expand" => 0,
        "Conv_1" or "project" => 2,
        "Conv_2" => 3,
        "Logits" => 4,
        _ => 1,
    };
}
