using System;
using System.CommandLine;
using System.IO;
using System.Text;
using MobileNetGen.Samples.Detect;
using MobileNetGen.SkiaSharp;

Console.OutputEncoding = Encoding.UTF8;
var picture = new Argument<string?>("picture") { Description = "A JPEG, PNG, WebP, GIF or BMP file. Without one, digits.png is drawn first.", DefaultValueFactory = _ => null };
var output = new Option<string>("--out") { Description = "Where to draw what was found: a PNG file.", DefaultValueFactory = _ => "found.png" };
var threshold = new Option<float>("--threshold") { Description = "The least score, 0 to 1.", DefaultValueFactory = _ => 0.5f };
var command = new RootCommand("Finds printed digits in a picture, lists them, and draws boxes around them.") { picture, output, threshold };
command.SetAction(arguments => Finder.Run(arguments.GetValue(picture), arguments.GetRequiredValue(output), arguments.GetValue(threshold)));
try
{
    return command.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception failure) when (failure is PhotoException or IOException or UnauthorizedAccessException or ArgumentException)
{
    Console.Error.WriteLine(failure.Message);
    return 1;
}
