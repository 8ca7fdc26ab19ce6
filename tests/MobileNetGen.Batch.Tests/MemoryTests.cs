using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using MobileNetGen.Batch.Tests.Support;

namespace MobileNetGen.Batch.Tests;

/// <summary>What is alive in the process counts, so no other test may run beside it.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
[Collection(nameof(MemoryTests))]
public class MemoryTests
{
    [Fact]
    public async Task Memory_does_not_grow_with_the_pile()
    {
        const int early = 2_000, late = 12_000;
        using var drawn = new Drawn();
        var lines = new EndlessLines(drawn.Write("a.png", Drawn.Png(1)));
        var live = new List<long>();
        int count = 0;
        await foreach (BatchRow row in new BatchJob("-") { StandardInput = lines }.RowsAsync(new Colours()))
        {
            if (++count is early or late)
                live.Add(GC.GetTotalMemory(forceFullCollection: true));
            if (count == late)
                break;
        }

        // Rows of 10,000 photographs alone would be several megabytes.
        Assert.InRange(live[1] - live[0], long.MinValue, 1 << 20);
    }
}
