using MobileNetGen.Compiler.Networks;
using MobileNetGen.Generator.Models;

namespace MobileNetGen.Generator.Emission.Api;

/// <summary>Writes the method that makes pixels of any image.</summary>
internal static class PrepareEmitter
{
    public static void Emit(IndentedWriter writer, ClassModel model) => writer.WriteLine($"""
        /// <summary>Brings an image of any size to this network's, its channels in the network's order. Nothing is allocated.</summary>
        {NetworkApi.SourceParameters}
        /// <param name="pixels">Gets what <c>{(model.Network.Detector is null ? "Run" : "Detect")}</c> takes: {Literals.Grouped(model.Network.Input.Length)} bytes.</param>
        {NetworkApi.FormatParameter}
        /// <param name="crop">The part of the image that is used; all of it by default.</param>
        {NetworkApi.StrideParameter}
        /// <param name="resampling">How pixels are made of the image's: the description says {model.Network.Resampling.ToString().ToLowerInvariant()}.</param>
        /// <param name="fit">How an image of another shape is fitted in: the description says {Fitted(model.Network.Fit)}.</param>
        /// <returns>Where the image lies in the network's input.</returns>
        /// <exception cref="{Names.ArgumentException}">A size is not positive, or a length is wrong. Nothing was written.</exception>
        public static {Names.Runtime}.Placement Prepare(
            {Names.ReadOnlySpan}<byte> source, int sourceWidth, int sourceHeight, {Names.Span}<byte> pixels,
            {Names.Runtime}.PixelFormat format = {Names.Runtime}.PixelFormat.Rgb,
            {Names.Runtime}.Crop crop = default, int sourceStride = 0,
            {Names.Runtime}.Resampling resampling = {Names.Runtime}.Resampling.{model.Network.Resampling}, {Names.Runtime}.Fit fit = {Names.Runtime}.Fit.{model.Network.Fit})
        """ + "\n{\n    " + $"""
        {Names.Runtime}.Require.Length(pixels.Length, InputLength, nameof(pixels), "the bytes of {Texts.Image(model.Network)}");
            return {Names.Runtime}.ImagePreparation.Resize(
                source, sourceWidth, sourceHeight, pixels, InputWidth, InputHeight,
                format, {Names.Runtime}.ChannelOrder.{model.Network.Order}, crop, sourceStride, resampling, fit, bars: {model.Network.Bars});
        """ + "\n}");

    private static string Fitted(Fit fit) => fit switch
    {
        Fit.Stretch => "stretched",
        Fit.Letterbox => "with a bar at the right or the bottom",
        _ => "between two bars",
    };
}
