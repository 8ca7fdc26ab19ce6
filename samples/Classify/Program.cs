using System;
using System.IO;
using System.Linq;
using System.Text;
using MobileNetGen.Samples.Classify;
using MobileNetGen.SkiaSharp;

Console.OutputEncoding = Encoding.UTF8;
bool imageNet = args is ["--imagenet", ..];
string[] photos = imageNet ? args[1..] : args;
if (photos.Any(argument => argument.StartsWith('-')))
{
    Console.Error.WriteLine("Usage: Classify [--imagenet] [PHOTO...]    JPEG, PNG, WebP, GIF or BMP files; without any, the one that comes with the sample");
    return 2;
}

Action<string> print = Report.Print<Cifar10_1_0_32_Int8>;
if (imageNet)
{
#if REFERENCE_DATA
    print = Report.Print<MobileNetV2_0_5_160>;
#else
    Console.Error.WriteLine(
        """
        This sample was built without an ImageNet network, because the one it uses is not part of the repository and was not found beside it, in ../shared/data.
        To use a MobileNetV2 of your own:

          1. edit samples/Classify/MobileNetV2_0_5_160.mbnet: the paths of your weights and labels, and what else differs;
          2. with another α or resolution the class has another name: put that into samples/Classify/Program.cs;
          3. dotnet run -c Release --project samples/Classify -p:HasReferenceData=True -- --imagenet photo.jpg
        """);
    return 3;
#endif
}

int status = 0;
foreach (string path in photos.DefaultIfEmpty(Path.Combine(AppContext.BaseDirectory, "photos", "cat.jpg")))
{
    try
    {
        print(path);
    }
    catch (PhotoException problem)
    {
        Console.Error.WriteLine(problem.Message);
        status = 1;
    }
}

return status;
