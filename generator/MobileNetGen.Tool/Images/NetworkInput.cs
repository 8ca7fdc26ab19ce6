using System;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Runtime;

namespace MobileNetGen.Tool.Images;

/// <summary>The images that a network takes, as the runtime has them.</summary>
internal static class NetworkInput
{
    /// <summary>Those of a network.</summary>
    public static ImageInput Of(Network network) => new(
        network.Input.Width, network.Input.Height, Enum.Parse<ChannelOrder>(network.Order.ToString()), Enum.Parse<Runtime.Resampling>(network.Resampling.ToString()),
        Enum.Parse<Runtime.Fit>(network.Fit.ToString()), (byte)network.Bars);
}
