using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using MobileNetGen.AspNetCore.Tests.Support;
using MobileNetGen.Runtime;
using MobileNetGen.SkiaSharp;

namespace MobileNetGen.AspNetCore.Tests.Grpc;

/// <summary>A client that shares nothing with the service but the protocol's text: Node.js with the packages that its users take.</summary>
[Collection(ServiceCollection.Name)]
public class NodeTests(ServiceFixture fixture)
{
    [NodeFact]
    public void A_client_in_Node_classifies_a_JPEG_file()
    {
        string proto = Path.Combine(BuildProperty.RepositoryRoot, "runtime", "MobileNetGen.AspNetCore", "Grpc", "open_inference.proto");
        string picture = Path.Combine(BuildProperty.RepositoryRoot, "samples", "Classify", "photos", "cat.jpg");
        string script = Path.Combine(NodeFactAttribute.Folder!, "client.cjs");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Node", "client.cjs"), script, overwrite: true);

        ProcessResult result = DotNet.Start("node", NodeFactAttribute.Folder!, "en", script, proto, fixture.Service.Grpc.Target, picture).Succeeded();
        JsonNode answer = JsonNode.Parse(result.Output)!;
        Assert.True((bool)answer["ready"]!);
        Assert.Equal(5, (int)answer["code"]!);
        Assert.Equal(
            Cifar10_1_0_32_Int8.Classify(picture, count: 3).Select(best => string.Create(CultureInfo.InvariantCulture, $"{best.Probability}:{best.Index}:{best.Label}")),
            answer["classes"]!.AsArray().Select(text => (string)text!));
    }
}
