namespace MobileNetGen.Runtime;

/// <summary>The channels a network's input has, in this order.</summary>
public enum ChannelOrder
{
    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Blue, green, red.</summary>
    Bgr,

    /// <summary>One channel of Rec. 601 luma in integers: (19595·R + 38470·G + 7471·B + 32768) / 65536, as Pillow's mode L has it.</summary>
    Grey,
}
