using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Weights.Matching;
using MobileNetGen.Weights.Reference;

namespace MobileNetGen.Weights.PostTraining;

/// <summary>Runs a float32 network over images and counts the numbers in every map.</summary>
internal static class Calibrator
{
    /// <summary>Runs the network once for each image, on all processors. Counts do not depend on the order in which they finish.</summary>
    /// <param name="trained">A float32 network.</param>
    /// <param name="images">How many images there are.</param>
    /// <param name="input">The prepared input of an image, H·W·C; called on several threads.</param>
    /// <param name="progress">Told how many images are done.</param>
    /// <exception cref="CalibrationException">A layer gives numbers that are not finite.</exception>
    public static IReadOnlyDictionary<string, Histogram> Run(TrainedNetwork trained, int images, Func<int, float[]> input, Action<int> progress)
    {
        string[] counted = [.. trained.Network.Layers.SelectMany(l => l.Activation.IsClamp() ? new[] { l.Name } : [l.Name, FloatReference.Linear(l)])];
        Dictionary<string, Histogram> total = counted.ToDictionary(name => name, _ => new Histogram(), StringComparer.Ordinal);
        string? broken = null;
        int done = 0;
        var merging = new Lock();
        Parallel.For(0, images, (image, state) =>
        {
            IReadOnlyDictionary<string, float[]> maps = FloatReference.Run(trained, input(image));
            foreach (string name in counted)
            {
                var histogram = new Histogram();
                bool isFinite = histogram.TryAdd(maps[name]);
                lock (merging)
                {
                    if (isFinite)
                        total[name].Add(histogram);
                    else
                        broken ??= name;
                }
            }

            lock (merging)
                progress(++done);
            if (broken is not null)
                state.Stop();
        });
        return broken is null
            ? total
            : throw new CalibrationException($"The result of {broken} is not finite for some image, so the weights or 'normalize' cannot be right. Check what the float32 network gives.");
    }
}
