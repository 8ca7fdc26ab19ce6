namespace MobileNetGen.AspNetCore.Tests.Support;

/// <summary>Tests that share the service of <see cref="ServiceFixture"/>.</summary>
[CollectionDefinition(Name)]
public sealed class ServiceCollection : ICollectionFixture<ServiceFixture>
{
    public const string Name = "service";
}
