using System;
using System.Runtime.CompilerServices;

namespace MobileNetGen.Runtime;

/// <summary>
/// How boxes are made of a detector's two results, its encodings and class values, and which of them are kept. The defaults are those of TensorFlow Lite's
/// operator <c>TFLite_Detection_PostProcess</c>, whose options stand beside the properties.
/// </summary>
public sealed record DetectionRules
{
    /// <summary>The most classes there may be.</summary>
    internal const int MostClasses = 1 << 12;

    /// <summary>Classes, without the background; 1 to 4,096. <c>num_classes</c></summary>
    /// <exception cref="ArgumentOutOfRangeException">It is outside that range.</exception>
    public required int Classes
    {
        get;
        init => field = value is >= 1 and <= MostClasses ? value : throw Outside(value, "1 to 4096");
    }

    /// <summary>Columns of an anchor's class values before that of the first class: 1 where there is a background (the default), or 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is neither.</exception>
    public int LabelOffset
    {
        get;
        init => field = value is 0 or 1 ? value : throw Outside(value, "0 or 1");
    } = 1;

    /// <summary>What makes scores of the class values; nothing by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such function.</exception>
    public ScoreFunction Scores
    {
        get;
        init => field = value is >= ScoreFunction.None and <= ScoreFunction.Softmax ? value : throw Outside(value, "a score function");
    }

    /// <summary>The order of an anchor's four encodings. Anchors are always y, x, height, width.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such order.</exception>
    public BoxOrder Order
    {
        get;
        init => field = value is BoxOrder.Yxhw or BoxOrder.Xywh ? value : throw Outside(value, "a box order");
    }

    /// <summary>What the encoding of a centre's y is divided by: y = encoding / scale · anchor's height + anchor's y. 10, which is Caffe's variance 0.1. <c>y_scale</c></summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not a positive number.</exception>
    public float YScale
    {
        get;
        init => field = Positive(value);
    } = 10;

    /// <summary>The same for a centre's x. <c>x_scale</c></summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not a positive number.</exception>
    public float XScale
    {
        get;
        init => field = Positive(value);
    } = 10;

    /// <summary>What the encoding of a height is divided by: height = exp(encoding / scale) · anchor's height. 5, which is Caffe's variance 0.2. <c>h_scale</c></summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not a positive number.</exception>
    public float HeightScale
    {
        get;
        init => field = Positive(value);
    } = 5;

    /// <summary>The same for a width. <c>w_scale</c></summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not a positive number.</exception>
    public float WidthScale
    {
        get;
        init => field = Positive(value);
    } = 5;

    /// <summary>
    /// Whether boxes suppress those of their own class alone, so that a place can have several classes; else a place has its best class. <c>use_regular_nms</c>
    /// </summary>
    public bool IsPerClass { get; init; }

    /// <summary>A box is dropped where its intersection with a better one is more than this of their union; over 0, at most 1. 0.6 by default. <c>nms_iou_threshold</c></summary>
    /// <exception cref="ArgumentOutOfRangeException">It is outside that range.</exception>
    public float Overlap
    {
        get;
        init => field = value is > 0 and <= 1 ? value : throw Outside(value, "over 0, at most 1");
    } = 0.6f;

    /// <summary>The most boxes kept in all; no limit by default, since callers give one. <c>max_detections</c></summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public int Most
    {
        get;
        init => field = Positive(value);
    } = int.MaxValue;

    /// <summary>The best classes of a box that are reported, each as a detection; where <see cref="IsPerClass"/> is false. <c>max_classes_per_detection</c></summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public int ClassesPerBox
    {
        get;
        init => field = Positive(value);
    } = 1;

    /// <summary>The most boxes of a class that are kept; where <see cref="IsPerClass"/> is true. <c>detections_per_class</c></summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public int PerClass
    {
        get;
        init => field = Positive(value);
    } = 100;

    /// <summary>
    /// The best candidates that meet each other in suppression, of a class where <see cref="IsPerClass"/> is true; no limit by default. Caffe's <c>top_k</c>, and what
    /// pytorch-ssd calls <c>candidate_size</c> (200).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public int Top
    {
        get;
        init => field = Positive(value);
    } = int.MaxValue;

    /// <summary>Whether boxes are clipped to the image, after suppression; true by default. TensorFlow Lite does not clip.</summary>
    public bool IsClipped { get; init; } = true;

    /// <summary>Class values of an anchor.</summary>
    internal int Columns => LabelOffset + Classes;

    private static int Positive(int value, [CallerMemberName] string name = "") => value > 0 ? value : throw Outside(value, "1 or more", name);

    private static float Positive(float value, [CallerMemberName] string name = "")
        => value > 0 && float.IsFinite(value) ? value : throw Outside(value, "a positive number", name);

    private static ArgumentOutOfRangeException Outside<T>(T value, string range, [CallerMemberName] string name = "")
        => new(name, value, $"'{name}' must be {range}.");
}
