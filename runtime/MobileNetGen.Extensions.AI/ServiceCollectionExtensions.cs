using System;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using MobileNetGen.Runtime;

namespace MobileNetGen.Extensions.AI;

/// <summary>Image embeddings in dependency injection.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>Adds one generator of image embeddings for all who ask for an <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> of <see cref="DataContent"/>.</summary>
    /// <typeparam name="TNetwork">The generated class.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="create">Makes it, where it is not to be as it is by default.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddImageEmbeddings<TNetwork>(this IServiceCollection services, Func<IServiceProvider, ImageEmbeddingGenerator<TNetwork>>? create = null)
        where TNetwork : IImageFeatures<TNetwork>
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.AddSingleton<IEmbeddingGenerator<DataContent, Embedding<float>>>(provider => create?.Invoke(provider) ?? new ImageEmbeddingGenerator<TNetwork>());
    }
}
