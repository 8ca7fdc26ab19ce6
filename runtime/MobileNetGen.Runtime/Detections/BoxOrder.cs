namespace MobileNetGen.Runtime;

/// <summary>In which order a detector's box encodings come.</summary>
public enum BoxOrder
{
    /// <summary>Centre y, centre x, height, width: TensorFlow's detectors.</summary>
    Yxhw,

    /// <summary>Centre x, centre y, width, height: those of Caffe, PyTorch and UltraFace.</summary>
    Xywh,
}
