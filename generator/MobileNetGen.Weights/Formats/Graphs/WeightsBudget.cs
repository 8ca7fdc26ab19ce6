namespace MobileNetGen.Weights.Formats.Graphs;

/// <summary>
/// How many numbers may be made of a file's weights. Many operators can name one tensor, so a small file could otherwise ask for any amount of memory.
/// </summary>
/// <param name="fileLength">The length of the file, in bytes.</param>
internal sealed class WeightsBudget(long fileLength)
{
    // An honest file has at least a byte a number, each used once, transposed once and folded once.
    private long _left = (4 * fileLength) + 1024;

    /// <summary>Allows for another file that belongs to the first.</summary>
    public void Add(long fileLength) => _left += 4 * fileLength;

    /// <summary>Pays for numbers that are about to be copied.</summary>
    /// <exception cref="WeightsException">Tensors that are named again and again amount to several times the file.</exception>
    public void Take(string place, long count)
    {
        _left -= count;
        if (_left < 0)
            throw new WeightsException($"{place}: the weights that operators name, taken one by one, amount to several times the file. It is damaged; export it again.");
    }
}
