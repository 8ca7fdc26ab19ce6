using System.Collections.Generic;
using System.IO;
using System.Linq;
using MobileNetGen.Weights.Formats.Keras.Hdf5;
using PureHDF;

namespace MobileNetGen.Weights.Tests.Formats.Keras;

/// <summary>
/// The HDF5 files of Keras hold what PureHDF reads in them. PureHDF itself is kept from files of strangers: it opens any other file that one names, and a
/// link that leads to itself overflows its stack.
/// </summary>
public class Hdf5FileTests
{
    [Theory]
    [InlineData("weights.h5")]
    [InlineData("model.h5")]
    [InlineData("nested.h5")]
    [InlineData("model.weights.h5")]
    public void Every_dataset_is_what_another_library_reads(string name) => AssertSame(KerasFiles.Bytes(name), 40);

    [ReferenceFact]
    public void Every_dataset_of_a_trained_network_is_what_another_library_reads() =>
        AssertSame(File.ReadAllBytes(ReferenceData.TensorFlowLite("../float/mlcommons_vww_96.h5")), 164);

    private static void AssertSame(byte[] file, int atLeast)
    {
        using var other = H5File.Open(new MemoryStream(file));
        List<(string Path, float[] Values)> datasets = [.. Datasets(new Hdf5File(file).Root, "")];
        Assert.InRange(datasets.Count, atLeast, int.MaxValue);
        Assert.Equal(Count(other), datasets.Count);
        foreach ((string path, float[] values) in datasets)
            Assert.Equal(other.Dataset(path).Read<float[]>(), values);
    }

    private static IEnumerable<(string Path, float[] Values)> Datasets(Hdf5Object group, string path)
    {
        foreach (string name in group.Members)
        {
            Hdf5Object member = group.Member(name)!;
            if (member.IsGroup)
            {
                foreach ((string, float[]) dataset in Datasets(member, $"{path}/{name}"))
                    yield return dataset;
            }
            else if (member.Values() is { Type.Class: ElementClass.Real } values)
            {
                yield return ($"{path}/{name}", values.Floats(name));
            }
        }
    }

    private static int Count(IH5Group group) =>
        group.Children().Sum(child => child is IH5Group inner ? Count(inner) : ((IH5Dataset)child).Type.Class == H5DataTypeClass.FloatingPoint ? 1 : 0);
}
