namespace MobileNetGen.Runtime;

/// <summary>What makes scores of a detector's class values.</summary>
public enum ScoreFunction
{
    /// <summary>Nothing: they are scores already.</summary>
    None,

    /// <summary>1 / (1 + exp(−x)) of each class by itself: TensorFlow's detectors.</summary>
    Sigmoid,

    /// <summary>exp(x) / Σ exp(x) over the columns of an anchor, with the background: those of Caffe, PyTorch and UltraFace.</summary>
    Softmax,
}
