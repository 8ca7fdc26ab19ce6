using System.Threading.Tasks;

namespace MobileNetGen.AspNetCore.Tests.Support;

/// <summary>One service for all tests that do not change it.</summary>
public sealed class ServiceFixture : IAsyncLifetime
{
    internal TestService Service { get; private set; } = null!;

    public async Task InitializeAsync() => Service = await TestService.StartAsync();

    public async Task DisposeAsync() => await Service.DisposeAsync();
}
