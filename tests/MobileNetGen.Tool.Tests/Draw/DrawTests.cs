using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Planning;
using MobileNetGen.Tool.Draw;
using MobileNetGen.Tool.Tests.Support;

namespace MobileNetGen.Tool.Tests.Draw;

public class DrawTests
{
    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    [Theory]
    [MemberData(nameof(Texts.Names), MemberType = typeof(Texts))]
    public void A_picture_has_every_layer_and_every_map(string name)
    {
        Plan plan = Texts.Plan(Texts.All[name]);
        XDocument picture = XDocument.Parse(NetworkPicture.Draw(plan));
        string[] tips = [.. picture.Descendants(s_svg + "rect").Elements(s_svg + "title").Select(t => t.Value)];
        Assert.All(plan.Network.Layers, layer => Assert.Contains(layer.ToString(), tips));
        Assert.All(plan.Steps, step => Assert.Contains(tips, t => t.StartsWith(step.Output.Name + ", ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Maps_lie_where_and_while_the_plan_has_them()
    {
        Plan plan = Texts.Plan("network MobileNetV2\nresolution 160\nalpha 0.5\nweights random");
        var lifetimes = MapLifetime.Of(plan);

        // Two maps that share memory are never there at once, except for a sum that takes over the place of what it adds.
        var sums = plan.Steps.Where(s => s.Second is not null).Select(s => (s.Second!.Name, s.Output.Name)).ToHashSet();
        foreach (MapLifetime a in lifetimes)
        {
            foreach (MapLifetime b in lifetimes.Where(b => string.CompareOrdinal(a.Buffer.Name, b.Buffer.Name) < 0 && a.First <= b.Last && b.First <= a.Last))
            {
                bool overlap = a.Buffer.Offset < b.Buffer.Offset + b.Buffer.Bytes && b.Buffer.Offset < a.Buffer.Offset + a.Buffer.Bytes;
                Assert.False(overlap && !sums.Contains((a.Buffer.Name, b.Buffer.Name)) && !sums.Contains((b.Buffer.Name, a.Buffer.Name)) && !(a.Buffer.Ring > 0 && b.Buffer.Ring > 0), $"{a} and {b}");
            }
        }

        Assert.Equal(plan.Steps.Count() - 1, lifetimes.Max(l => l.Last));
    }

    [Fact]
    public void A_picture_is_the_same_in_every_culture()
    {
        string expected = NetworkPicture.Draw(Texts.Plan(Texts.Odd));
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            (culture.NumberFormat.NumberDecimalSeparator, culture.NumberFormat.NumberGroupSeparator) = (",", ".");
            CultureInfo.CurrentCulture = culture;
            Assert.Equal(expected, NetworkPicture.Draw(Texts.Plan(Texts.Odd)));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void The_command_writes_the_file()
    {
        using var mbnet = new Mbnet();
        Mbnet.Succeed("draw", mbnet.Write("net.mbnet", Texts.Odd), "-o", mbnet["net.svg"]);
        Assert.Equal(NetworkPicture.Draw(Texts.Plan(Texts.Odd)), File.ReadAllText(mbnet["net.svg"]));
        Assert.Equal(NetworkPicture.Draw(Texts.Plan(Texts.Odd)).TrimEnd(), Mbnet.Succeed("draw", mbnet["net.mbnet"]).TrimEnd());
    }
}
