using System;
using System.Diagnostics;
using System.Linq;
using System.Text;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.PyTorch;

namespace MobileNetGen.Weights.Tests.Formats.PyTorch;

/// <summary>The code of TorchScript archives: followed where it is a MobileNet's, and refused where it is anything else, soon.</summary>
public class ScriptTests
{
    private const string Start = "class Net(Module):\n  __parameters__ = [\"weight\", ]\n  training : bool\n  weight : Tensor\n  groups : Final[int] = 1\n  def forward(self: __torch__.Net,\n    x: Tensor) -> Tensor:\n";

    [Theory]
    [InlineData("    return torch.conv2d(x, self.weight, None, [2, 2], [1, 1], [1, 1], self.groups)\n")]
    [InlineData("    weight = self.weight\n    _0 = torch._convolution(x, weight, None, [2, 2], [1, 1], [1, 1], False, [0, 0], 1, False, False, True, True)\n    return _0\n")]
    [InlineData("    weight = self.weight\n    return torch.conv2d(torch.constant_pad_nd(x, [1, 1, 1, 1], 0.), weight, None, [2, 2], [0, 0])\n")]
    [InlineData("    y = torch.conv2d(x, self.weight, None, [2, 2], \"valid\")\n    pad = torch.conv2d(x, self.weight, stride=[2, 2], padding=[1, 1])\n    return torch.conv2d(x, self.weight, None, annotate(List[int], [2, 2]), [1, 1])\n")]
    [InlineData("    n = torch.len(torch.size(x))\n    total = 0\n    for i in range(n):\n      total = torch.add(total, i)\n    if torch.eq(total, 6):\n      y = torch.conv2d(x, self.weight, None, [2, 2], [1, 1])\n    else:\n      ops.prim.RaiseException(\"no\")\n      y = x\n    if self.training:\n      return x\n    else:\n      pass\n    return y\n")]
    public void The_code_is_followed_however_it_is_written(string body)
    {
        var stem = Assert.IsType<SourceConvolution>(Assert.Single(Network(Start + body).Operators));
        Assert.Equal((2, 2, SourcePadding.Explicit(1, 1, 1, 1), SourceActivation.None), (stem.StrideHeight, stem.StrideWidth, stem.Padding, stem.Activation));
        Assert.Equal([4, 3, 3, 3], stem.Weights.Shape.AsEnumerable());
    }

    [Fact]
    public void Every_function_of_a_MobileNet_has_its_meaning()
    {
        SourceNetwork network = Network(Start + """
                x0 = torch.div(torch.sub(x, 0.5), 0.25)
                a = torch.hardtanh_(torch.conv2d(x0, self.weight, None, [2, 2], [1, 1]), 0., 6.)
                b = torch.relu(torch.conv2d(a, self.pw, None))
                c = torch.add_(a, b, alpha=1)
                d = torch.mean(c, [2, 3])
                size = torch.size(d, 0)
                e = torch.view(torch.dropout(d, 0.2, False), [int(size), -1])
                f = torch.addmm(self.bias, e, torch.t(self.fc))
                return torch.softmax(f, 1)

            """.Replace("\n        ", "\n    ", StringComparison.Ordinal));
        Assert.Equal("SourceConvolution SourceConvolution SourceAdd SourcePool SourceDense SourceSoftmax", string.Join(" ", network.Operators.Select(o => o.GetType().Name)));
        Assert.Equal([SourceActivation.Relu6, SourceActivation.Relu], network.Operators.OfType<SourceConvolution>().Select(c => c.Activation));
        Assert.Equal((4.0, -2.0), (network.Preprocessing!.Factors[0], network.Preprocessing.Offsets[0]));
    }

    [Theory]
    [InlineData("op_version_set = 1\n", "    return (torch.conv2d(x, self.weight, None, [2, 2], [1, 1]), )\n")]
    [InlineData("", "    y = torch.to(x, dtype=6, layout=0, device=torch.device(\"cpu\"))\n    return torch.conv2d(y, self.weight, None, [2, 2], [1, 1])\n")]
    public void Other_ways_to_write_the_same_are_the_same(string before, string body) => Assert.IsType<SourceConvolution>(Assert.Single(Network(before + Start + body).Operators));

    [Fact]
    public void Epsilon_is_the_code_s()
    {
        SourceNetwork network = Network(Start + "    return torch.batch_norm(torch.conv2d(x, self.weight), None, None, self.running_mean, self.running_var, False, 0.1, 0.25, True)\n");
        SourceNetwork plain = Network(Start + "    return torch.conv2d(x, self.weight)\n");

        // The variances of the file are 0.125 + …/8; that of the first channel decides its factor.
        float factor = ((SourceConvolution)network.Operators[0]).Weights.Floats[0] / ((SourceConvolution)plain.Operators[0]).Weights.Floats[0];
        float other = ((SourceConvolution)Network(Start + "    return torch.batch_norm(torch.conv2d(x, self.weight), None, None, self.running_mean, self.running_var, False, 0.1, 0.75, True)\n").Operators[0]).Weights.Floats[0]
            / ((SourceConvolution)plain.Operators[0]).Weights.Floats[0];
        Assert.Equal(0.5, (1 / (other * (double)other)) - (1 / (factor * (double)factor)), 1e-5);
    }

    [Theory]
    [InlineData("    return torch.mish(torch.conv2d(x, self.weight))\n", "mish, is none of a MobileNet's functions: conv2d, batch_norm,")]
    [InlineData("    return torch.conv2d(x, self.weight, None, [1, 1], [0, 0], [2, 2])\n", "conv2d, has dilation 2×2; a MobileNet classifier has none.")]
    [InlineData("    return torch.batch_norm(torch.conv2d(x, self.weight), None, None, self.running_mean, self.running_var, True, 0.1, 0.25, True)\n", "batch_norm: normalises by the batch itself: call eval()")]
    [InlineData("    return torch.log_softmax(torch.flatten(x, 1), 1)\n", "log_softmax: gives logarithms of probabilities")]
    [InlineData("    return (x, x)\n", "The network's forward gives something else than one tensor")]
    [InlineData("    return torch.add(x, self.nothing)\n", "line 8: '.nothing' is asked of something that has it not")]
    [InlineData("    return (self).other(x, )\n", "line 8: '__torch__.Net' has no method 'other' in the archive's code")]
    [InlineData("    return __torch__.torch.nn.functional.relu(x, )\n", "line 8: the archive's code has no '__torch__.torch.nn.functional.relu'")]
    [InlineData("    if torch.gt(x, 0):\n      return x\n    else:\n      return x\n", "none of a MobileNet's functions")]
    [InlineData("    self.weight = x\n    return x\n", "line 8: something else than a name is assigned to")]
    [InlineData("    with x:\n      pass\n", "line 8: 'x' was not expected")]
    [InlineData("    return x ? x\n", "line 8: '?' stands there")]
    [InlineData("    return torch.conv2d(x, self.weight))\n", "line 8: a bracket closes that was not opened")]
    [InlineData("    return \"x\n", "line 8: a text does not end")]
    [InlineData("", "line 8: its lines are not indented as Python's are")]
    public void What_is_not_understood_is_named(string body, string message) =>
        Assert.Contains(message, Assert.Throws<WeightsException>(() => Read(Start + body)).Message, StringComparison.Ordinal);

    public static TheoryData<string> Endless => new()
    {
        "    while True:\n      pass\n    return x\n",
        "    for i in range(1000000000):\n      pass\n    return x\n",
        "    return (self).forward(x, )\n",
        $"    return {new string('(', 100_000)}x{new string(')', 100_000)}\n",
        $"    return {new string('[', 100_000)}\n",
        $"    return {string.Concat(Enumerable.Repeat("torch.relu(", 50_000))}x{new string(')', 50_000)}\n",
        string.Concat(Enumerable.Range(2, 1000).Select(i => new string(' ', 2 * i) + "if True:\n")),
        new string('\n', 500_000),
        $"    a0 = [x, x]\n{string.Concat(Enumerable.Range(1, 60).Select(i => $"    a{i} = [a{i - 1}, a{i - 1}]\n"))}    return a60\n",
    };

    [Theory]
    [MemberData(nameof(Endless))]
    public void Code_that_never_ends_or_nests_without_end_is_refused_soon(string body)
    {
        byte[] file = File(Start + body);
        long time = Stopwatch.GetTimestamp(), before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<WeightsException>(() => new PyTorchReader().Read(new WeightsInput("a.pt", file)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64L << 20);
        Assert.InRange(Stopwatch.GetElapsedTime(time), TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    private static SourceNetwork Network(string code) => Assert.IsType<SourceNetwork>(Read(code));

    private static SourceModel Read(string code) => new PyTorchReader().Read(new WeightsInput("a.pt", File(code)));

    private static byte[] File(string code) => TorchModuleFile.Script(
        new Module("__torch__.Net")
        {
            Attributes = [("training", true)],
            Tensors = [("weight", [4, 3, 3, 3]), ("pw", [4, 4, 1, 1]), ("bias", [5]), ("fc", [5, 4]), ("running_mean", [4]), ("running_var", [4])],
        },
        ("__torch__.py", code));
}
