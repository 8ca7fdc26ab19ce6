namespace MobileNetGen.Runtime;

/// <summary>How pixels are made of an image's when its size changes. Both are bilinear with pixel centres at halves, and differ where an image shrinks.</summary>
public enum Resampling
{
    /// <summary>
    /// Every pixel of the image counts: a triangle as wide as the scale, Pillow's <c>resize(…, BILINEAR)</c> in every byte. What most classifiers are evaluated with.
    /// </summary>
    Antialiased,

    /// <summary>
    /// Between the four nearest pixels, however much the image shrinks: OpenCV's <c>INTER_LINEAR</c> on bytes in every byte (weights of 11 bits), and within one step of
    /// it TensorFlow's <c>resize_bilinear</c> with half-pixel centres. What most detectors were trained and are evaluated with.
    /// </summary>
    Bilinear,
}
