using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Numerics.Tensors;
using System.Threading.Tasks;
using Microsoft.Extensions.AI;
using MobileNetGen.SkiaSharp;

namespace MobileNetGen.Samples.Search;

/// <summary>Photographs and their embeddings, in memory: a few thousand are searched in less time than one is decoded.</summary>
internal sealed class PhotoIndex(IEmbeddingGenerator<DataContent, Embedding<float>> generator)
{
    private static readonly string[] s_extensions = [".bmp", ".gif", ".jpeg", ".jpg", ".png", ".webp"];

    private readonly List<(string Path, ReadOnlyMemory<float> Vector)> _photos = [];

    /// <summary>How many there are.</summary>
    public int Count => _photos.Count;

    /// <summary>Adds the photographs of a folder and those below it; returns what is wrong with those that cannot be read.</summary>
    public async Task<IReadOnlyList<string>> AddAsync(string folder)
    {
        var problems = new List<string>();
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(f => s_extensions.Contains(Path.GetExtension(f).ToLowerInvariant())).Order(StringComparer.Ordinal))
        {
            try
            {
                _photos.Add((path, await VectorAsync(path)));
            }
            catch (Exception problem) when (problem is PhotoException or IOException)
            {
                problems.Add(problem.Message);
            }
        }

        return problems;
    }

    /// <summary>The photographs most like one, the most like first; 1 is the same.</summary>
    public async Task<IReadOnlyList<(string Path, float Similarity)>> FindAsync(string photo, int count)
    {
        ReadOnlyMemory<float> vector = await VectorAsync(photo);
        return [.. _photos.Select(p => (p.Path, TensorPrimitives.Dot(p.Vector.Span, vector.Span))).OrderByDescending(p => p.Item2).Take(count)];
    }

    private async Task<ReadOnlyMemory<float>> VectorAsync(string path) => await generator.GenerateVectorAsync(await DataContent.LoadFromAsync(path));
}
