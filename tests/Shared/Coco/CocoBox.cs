namespace MobileNetGen.Tests.Coco;

/// <summary>An object in a photograph, marked by people or found.</summary>
/// <param name="Id">COCO's id of its class, 1 to 90.</param>
/// <param name="Left">Left edge; all in one unit.</param>
/// <param name="Top">Top edge.</param>
/// <param name="Right">Right edge.</param>
/// <param name="Bottom">Bottom edge.</param>
/// <param name="Score">How sure who found it is; 1 where it was marked.</param>
internal readonly record struct CocoBox(int Id, double Left, double Top, double Right, double Bottom, double Score = 1)
{
    /// <summary>Intersection over union.</summary>
    public double Overlap(CocoBox other)
    {
        double width = System.Math.Max(System.Math.Min(Right, other.Right) - System.Math.Max(Left, other.Left), 0);
        double height = System.Math.Max(System.Math.Min(Bottom, other.Bottom) - System.Math.Max(Top, other.Top), 0);
        double common = width * height;
        return common / (((Right - Left) * (Bottom - Top)) + ((other.Right - other.Left) * (other.Bottom - other.Top)) - common);
    }
}
