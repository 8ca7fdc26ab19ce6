using System;

namespace MobileNetGen.Weights.Formats;

/// <summary>What the names of a detector's predictors tell. Their shapes may be equal: four classes are as many numbers as a box.</summary>
internal static class PredictorNames
{
    private static readonly string[] s_scores = ["class", "cls", "conf", "score", "logit", "prob"];

    private static readonly string[] s_boxes = ["box", "reg", "loc", "delta", "encoding"];

    /// <summary>Whether a name is a class predictor's, or a box predictor's; null where it does not tell.</summary>
    /// <param name="name">As <c>BoxPredictor_0/ClassPredictor/weights</c>, <c>regression_headers.1.0.weight</c> or <c>conv11_mbox_conf</c>.</param>
    public static bool? IsScores(string name)
    {
        bool Has(string part) => name.Contains(part, StringComparison.OrdinalIgnoreCase);

        // Box predictors that predict classes are TensorFlow's, and Caffe's mbox_conf.
        return Array.Exists(s_scores, Has) ? true : Array.Exists(s_boxes, Has) ? false : null;
    }
}
