using System;
using System.Collections.Generic;
using System.Linq;

namespace MobileNetGen.Weights.Formats.Parameters;

/// <summary>
/// Orders layers of a file that has no order by their names: by the words that people have for the beginning and the end of a network and of a block, and by numbers. Where two names differ in other
/// words, nobody can tell which layer runs first; <see cref="IsTold"/> says so.
/// </summary>
internal sealed class NameOrder : IComparer<string>
{
    private const int Middle = 2;

    private static readonly Dictionary<string, int> s_ranks = new(StringComparer.OrdinalIgnoreCase)
    {
        ["stem"] = 0, ["conv_stem"] = 0, ["first_conv"] = 0, ["conv_first"] = 0, ["first"] = 0, ["conv0"] = 0, ["conv1"] = 0,
        ["conv_pw_exp"] = 0, ["expand"] = 0, ["expand_1x1"] = 0, ["expansion"] = 0, ["conv_reduce"] = 0,
        ["features"] = Middle, ["blocks"] = Middle, ["block"] = Middle, ["layers"] = Middle, ["layer"] = Middle, ["stages"] = Middle, ["body"] = Middle, ["backbone"] = Middle,
        ["encoder"] = Middle, ["bottlenecks"] = Middle, ["bottleneck"] = Middle, ["trunk"] = Middle,
        ["conv_expand"] = Middle, ["depthwise"] = Middle, ["dw"] = Middle, ["conv_dw"] = Middle, ["conv_3x3"] = Middle,
        ["pointwise"] = 3, ["pw"] = 3, ["project"] = 3, ["projection"] = 3, ["reduce_1x1"] = 3, ["conv_pwl"] = 3,
        ["conv_head"] = 4, ["head_conv"] = 4, ["last_conv"] = 4, ["conv_last"] = 4, ["conv_1x1"] = 4, ["neck"] = 4,
        ["head"] = 5, ["classifier"] = 6, ["fc"] = 6, ["linear"] = 6, ["logits"] = 6, ["predictions"] = 6, ["output"] = 6,
    };

    public static NameOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        string[] a = Parts(x), b = Parts(y);
        for (int i = 0; i < a.Length && i < b.Length; i++)
        {
            int order = Rank(a[i]) - Rank(b[i]);
            if (order == 0)
                order = NaturalOrder.Instance.Compare(a[i], b[i]);
            if (order != 0)
                return order;
        }

        return a.Length - b.Length;
    }

    /// <summary>Whether two names say which of the layers runs first: where they first differ, they differ in a number, or in words of which the order is known.</summary>
    public static bool IsTold(string x, string y)
    {
        string[] a = Parts(x), b = Parts(y);
        for (int i = 0; i < a.Length && i < b.Length; i++)
        {
            if (a[i] == b[i])
                continue;
            return WithoutNumbers(a[i]) == WithoutNumbers(b[i]) || (s_ranks.TryGetValue(a[i], out int first) && s_ranks.TryGetValue(b[i], out int second) && first != second);
        }

        return true;
    }

    private static string[] Parts(string? name) => (name ?? "").Split('.', '/');

    private static int Rank(string part) => s_ranks.GetValueOrDefault(part, Middle);

    /// <summary>"block_" of "block_12" and of "block": a name without a number stands before those with one.</summary>
    private static string WithoutNumbers(string part) => string.Concat(part.Where(c => !char.IsAsciiDigit(c))).TrimEnd('_');
}
