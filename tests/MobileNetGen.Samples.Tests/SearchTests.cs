using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Numerics.Tensors;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using MobileNetGen.Extensions.AI;
using MobileNetGen.Runtime;
using MobileNetGen.Samples.Detect;
using MobileNetGen.Samples.Search;
using MobileNetGen.SkiaSharp;
using SkiaSharp;

namespace MobileNetGen.Samples.Tests;

/// <summary>Embeddings, and the search that uses them.</summary>
public sealed class SearchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("search").FullName;

    private static string Cat => Path.Combine(AppContext.BaseDirectory, "photos", "cat.jpg");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_photograph_most_like_one_is_its_own_mirrored_part_among_others()
    {
        using SKBitmap cat = Photo.Open(Cat), part = new();
        cat.ExtractSubset(part, SKRectI.Create(20, 10, 420, 280));
        using (var mirrored = new SKBitmap(part.Width, part.Height))
        {
            using (var canvas = new SKCanvas(mirrored))
            {
                canvas.Scale(-1, 1, part.Width / 2f, 0);
                canvas.DrawBitmap(part, 0, 0);
            }

            mirrored.Save(Path.Combine(_folder, "part.jpg"));
        }

        for (int seed = 0; seed < 5; seed++)
        {
            using SKBitmap digits = TestPicture.Draw(seed, 320, 240, out _);
            digits.Save(Path.Combine(_folder, $"digits{seed}.png"));
        }

        File.WriteAllText(Path.Combine(_folder, "broken.png"), "no picture");
        var index = new PhotoIndex(new ImageEmbeddingGenerator<Embedder>());
        string problem = Assert.Single(await index.AddAsync(_folder));
        Assert.Contains("this is no picture", problem, StringComparison.Ordinal);
        Assert.Equal(6, index.Count);
        IReadOnlyList<(string Path, float Similarity)> found = await index.FindAsync(Cat, count: 3);
        Assert.Equal(3, found.Count);
        Assert.Equal("part.jpg", Path.GetFileName(found[0].Path));
        Assert.InRange(found[0].Similarity, 0.7f, 1);
        Assert.True(found[1].Similarity < found[0].Similarity - 0.2f);
    }

    [Fact]
    public async Task Embeddings_are_the_networks_features_divided_by_their_length()
    {
        using SKBitmap cat = Photo.Open(Cat);
        var features = new float[Embedder.OutputLength];
        Embedder.Features(cat, features);
        DataContent content = await DataContent.LoadFromAsync(Cat);

        using var raw = new ImageEmbeddingGenerator<Embedder> { IsNormalized = false };
        Assert.Equal(features, (await raw.GenerateVectorAsync(content)).ToArray());

        using var generator = new ImageEmbeddingGenerator<Embedder>();
        GeneratedEmbeddings<Embedding<float>> both = await generator.GenerateAsync([content, content]);
        Assert.Equal(2, both.Count);
        Assert.All(both, e => Assert.Equal((nameof(Embedder), Embedder.OutputLength), (e.ModelId, e.Dimensions)));
        Assert.Equal(1, TensorPrimitives.Norm(both[0].Vector.Span), 1e-5f);
        Assert.Equal(1, TensorPrimitives.CosineSimilarity(features, both[1].Vector.Span), 1e-5f);
    }

    [Fact]
    public async Task What_cannot_be_done_is_said()
    {
        using var generator = new ImageEmbeddingGenerator<Embedder>();
        var text = new DataContent("no picture"u8.ToArray(), "text/plain") { Name = "a.txt" };
        DataContent cat = await DataContent.LoadFromAsync(Cat);
        PhotoException problem = await Assert.ThrowsAsync<PhotoException>(() => generator.GenerateAsync([cat, text]));
        Assert.StartsWith("Photograph 1, a.txt (text/plain): ", problem.Message, StringComparison.Ordinal);
        NotSupportedException other = await Assert.ThrowsAsync<NotSupportedException>(() => generator.GenerateAsync([text], new EmbeddingGenerationOptions { Dimensions = 7 }));
        Assert.Contains("7 dimensions are asked for; Embedder gives 512", other.Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => generator.GenerateAsync([text], cancellationToken: new CancellationToken(canceled: true)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageEmbeddingGenerator<Embedder> { MaximumPixels = 0 });
    }

    [Fact]
    public void Services_get_one_generator_which_says_what_it_is()
    {
        using ServiceProvider services = new ServiceCollection().AddImageEmbeddings<Embedder>().BuildServiceProvider();
        var generator = services.GetRequiredService<IEmbeddingGenerator<DataContent, Embedding<float>>>();
        Assert.Same(generator, services.GetRequiredService<IEmbeddingGenerator<DataContent, Embedding<float>>>());
        EmbeddingGeneratorMetadata metadata = generator.GetRequiredService<EmbeddingGeneratorMetadata>();
        Assert.Equal(("MobileNetGen", nameof(Embedder), 512), (metadata.ProviderName, metadata.DefaultModelId, metadata.DefaultModelDimensions));
        Assert.Same(generator, generator.GetService<ImageEmbeddingGenerator<Embedder>>());
        Assert.Null(generator.GetService(typeof(string)));

        var own = new ImageEmbeddingGenerator<Embedder> { Crop = Crop.Centre() };
        using ServiceProvider others = new ServiceCollection().AddImageEmbeddings(_ => own).BuildServiceProvider();
        Assert.Same(own, others.GetRequiredService<IEmbeddingGenerator<DataContent, Embedding<float>>>());
    }
}
