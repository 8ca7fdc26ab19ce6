using System.Threading.Tasks;
using MobileNetGen.Batch.Inputs;

namespace MobileNetGen.Batch.Pipeline;

/// <summary>A photograph on its way, and the place of its row among the others.</summary>
internal sealed class Slot(BatchItem item)
{
    /// <summary>The photograph.</summary>
    public BatchItem Item => item;

    /// <summary>Its file, once it is read.</summary>
    public FileBytes? Bytes { get; set; }

    /// <summary>Its row, once there is one.</summary>
    public TaskCompletionSource<BatchRow> Row { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
