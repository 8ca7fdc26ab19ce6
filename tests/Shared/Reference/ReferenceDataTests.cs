#if !REFERENCE_DATA
namespace MobileNetGen.Tests;

/// <summary>Stands for all tests of this project that need other people's networks or data, where those are absent.</summary>
public sealed class ReferenceDataTests
{
    [Fact(Skip = "../shared/data (or the folder that the MSBuild property ReferenceData names) is absent: networks of others (tflite, float, detection), what other engines gave for "
        + "them (golden), photographs (images), labels, and CIFAR-10 and COCO (datasets). docs/networks.md says where they come from.")]
    public void Results_are_those_of_other_engines_on_networks_and_data_of_others()
    {
    }
}
#endif
