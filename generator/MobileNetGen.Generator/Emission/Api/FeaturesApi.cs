namespace MobileNetGen.Generator.Emission.Api;

/// <summary>A network that ends in logits, features or maps, from which only the caller can conclude anything.</summary>
internal sealed class FeaturesApi : NetworkApi;
