using System;

namespace MobileNetGen.Weights.Formats;

/// <summary>What the names of a detector's predictors tell. Their shapes may be equal: four classes are as many numbers as a box.</summary>
internal static class PredictorNames
{
    private static readonly string[] s_scores = ["class", "cls", "conf", "score", "logit", "prob"];

    private static readonly string[] s_boxes = ["box", "reg", "loc", "delta", "encoding"];

    private static readonly string[] s_predictors = ["predictor", "header", "mbox", "classification_head", "regression_head", "prediction_head"];

    /// <summary>Whether a parameter's name is a class predictor's, or a box predictor's; null where it is that of any other layer.</summary>
    /// <param name="name">As TensorFlow's <c>BoxPredictor_0/ClassPredictor/weights</c>, PyTorch's <c>regression_headers.1.0.weight</c> or Caffe's <c>conv11_mbox_conf</c>.</param>
    public static bool? Role(string name) => Array.Exists(s_predictors, part => name.Contains(part, StringComparison.OrdinalIgnoreCase)) ? IsScores(name) : null;

    /// <summary>Whether a name is a class predictor's, or a box predictor's; null where it does not tell.</summary>
    /// <param name="name">The name of something that is known to be a predictor, or to be joined with predictors' results.</param>
    public static bool? IsScores(string name)
    {
        bool Has(string part) => name.Contains(part, StringComparison.OrdinalIgnoreCase);

        // Box predictors that predict classes are TensorFlow's, and Caffe's mbox_conf.
        return Array.Exists(s_scores, Has) ? true : Array.Exists(s_boxes, Has) ? false : null;
    }
}
