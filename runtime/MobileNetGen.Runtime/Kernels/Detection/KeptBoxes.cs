using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MobileNetGen.Runtime.Kernels;

/// <summary>Boxes that were kept, each of which drops the later ones that it overlaps too much. In columns, so that a box meets four at once.</summary>
/// <param name="memory">Room for <see cref="Bytes"/>.</param>
/// <param name="capacity">The most boxes.</param>
/// <param name="overlap">Intersection over union that is still allowed.</param>
internal unsafe ref struct KeptBoxes(byte* memory, int capacity, float overlap)
{
    private const int Together = 4;

    private readonly float* _top = (float*)memory;
    private readonly int _stride = (capacity + Together - 1) / Together * Together;

    public int Count { get; private set; }

    /// <summary>Bytes of so many boxes: top, left, bottom, right and area.</summary>
    public static long Bytes(int capacity) => ((long)capacity + Together - 1) / Together * Together * 5 * sizeof(float);

    public void Clear() => Count = 0;

    /// <summary>Keeps a box unless one that is kept overlaps it too much.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryAdd(in Box box)
    {
        float area = (box.Bottom - box.Top) * (box.Right - box.Left);
        float* top = _top, left = top + _stride, bottom = left + _stride, right = bottom + _stride, areas = right + _stride;
        if (area > 0)
        {
            // TensorFlow Lite's arithmetic in its order; a box without area overlaps nothing. Lanes after the last box have no area.
            Vector128<float> tops = Vector128.Create(box.Top), lefts = Vector128.Create(box.Left), bottoms = Vector128.Create(box.Bottom), rights = Vector128.Create(box.Right);
            Vector128<float> own = Vector128.Create(area), most = Vector128.Create(overlap), zero = Vector128<float>.Zero;
            for (int i = 0; i < Count; i += Together)
            {
                Vector128<float> others = Vector128.Load(areas + i);
                Vector128<float> height = Vector128.MinNative(bottoms, Vector128.Load(bottom + i)) - Vector128.MaxNative(tops, Vector128.Load(top + i));
                Vector128<float> width = Vector128.MinNative(rights, Vector128.Load(right + i)) - Vector128.MaxNative(lefts, Vector128.Load(left + i));
                Vector128<float> intersection = Vector128.MaxNative(height, zero) * Vector128.MaxNative(width, zero);
                Vector128<float> ratio = intersection / (others + own - intersection);
                if ((Vector128.GreaterThan(ratio, most) & Vector128.GreaterThan(others, zero)).AsUInt32() != Vector128<uint>.Zero)
                    return false;
            }
        }

        if (Count % Together == 0)
            Vector128<float>.Zero.Store(areas + Count);
        (top[Count], left[Count], bottom[Count], right[Count], areas[Count]) = (box.Top, box.Left, box.Bottom, box.Right, area);
        Count++;
        return true;
    }
}
