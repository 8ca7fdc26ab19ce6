using System;
using System.Security.Cryptography;
using MobileNetGen.Batch;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Runtime;
using MobileNetGen.Tool.Compiled;
using MobileNetGen.Tool.Terminal;
using MobileNetGen.Weights.Descriptions;
using SkiaSharp;

namespace MobileNetGen.Tool.Batches;

/// <summary>A description's network, compiled and loaded: the class that a build would generate.</summary>
/// <param name="file">The description.</param>
/// <param name="plan">Which of its networks.</param>
/// <param name="type">The generated class.</param>
/// <param name="weights">The hash of its weights, which are no part of its assembly.</param>
internal sealed class LoadedNetwork(string file, Plan plan, Type type, string weights)
{
    /// <summary>Reads and compiles it.</summary>
    /// <param name="terminals">Told what results depend on and nothing says.</param>
    /// <param name="file">The description.</param>
    /// <param name="className">Which of its networks, where there are several.</param>
    /// <exception cref="InputException">Something is wrong with it.</exception>
    public static LoadedNetwork Read(Terminals terminals, string file, string? className)
    {
        Description description = Networks.Read(file);
        Plan plan = Networks.Choose(description, className);
        PackedPlan packed = Networks.With(description, () => PackedPlan.Of(plan, description));
        if (description.Assumed(packed.Trained) is { } assumed)
            terminals.Note(assumed.ToString());
        return new LoadedNetwork(file, plan, CompiledNetwork.Of(description, packed).Type, Convert.ToHexStringLower(SHA256.HashData(packed.Result.Blob)));
    }

    /// <summary>The network as one that classifies.</summary>
    /// <exception cref="InputException">It does not.</exception>
    public BatchNetwork Classifier(int top) => Is(typeof(IImageClassifier<>))
        ? Create(nameof(BatchNetwork.Classifier), top)
        : throw new InputException(plan.Network.Detector is not null
            ? $"{file}: {plan.Network.ClassName} is a detector: run mbnet detect."
            : $"{file}: {plan.Network.ClassName} is no classifier, since it does not end in probabilities of classes.");

    /// <summary>The network as one that finds objects.</summary>
    /// <exception cref="InputException">It does not.</exception>
    public BatchNetwork Detector(float threshold, int most) => Is(typeof(IImageDetector<>))
        ? Create(nameof(BatchNetwork.Detector), threshold, most)
        : throw new InputException($"{file}: {plan.Network.ClassName} is no detector, since it has no 'detector' block; it finds no boxes.");

    private bool Is(Type kind) => Array.Exists(type.GetInterfaces(), i => i.IsGenericType && i.GetGenericTypeDefinition() == kind);

    private WithWeights Create(string kind, params object[] options) => new((BatchNetwork)typeof(BatchNetwork).GetMethod(kind)!.MakeGenericMethod(type).Invoke(null, options)!, weights);

    /// <summary>A network that its weights tell from others too.</summary>
    private sealed class WithWeights(BatchNetwork network, string weights) : BatchNetwork
    {
        public override string Identity => $"{network.Identity}, weights {weights}";

        public override BatchRow Run(SKBitmap photograph, BatchRow row) => network.Run(photograph, row);
    }
}
