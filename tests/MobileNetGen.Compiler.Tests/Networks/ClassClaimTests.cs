using MobileNetGen.Compiler.Diagnostics;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Compiler.Syntax;

namespace MobileNetGen.Compiler.Tests.Networks;

public class ClassClaimTests
{
    private const string Root = "App";

    [Fact]
    public void The_first_file_by_path_has_the_class()
    {
        ClassClaim a = Claim("class Net", "a.mbnet"), b = Claim("class Net", "b.mbnet"), c = Claim("class Net", "c.mbnet");
        ClassClaim[] all = [c, b, a];
        Assert.Null(a.Earlier(all));
        Assert.Equal(a, b.Earlier(all));
        Assert.Equal(a, c.Earlier(all));
    }

    [Theory]
    [InlineData("class net", true)] // files are named for the classes, and some file systems know no case
    [InlineData("class Net\nnamespace App", true)]
    [InlineData("class Net\nnamespace App.Vision", false)]
    [InlineData("class Net2", false)]
    public void Names_are_compared_with_their_namespace_and_without_case(string statements, bool same) =>
        Assert.Equal(same, Claim(statements, "b.mbnet").Earlier([Claim("class Net", "a.mbnet")]) is not null);

    [Theory]
    [InlineData("a/first.mbnet", "b/second.mbnet", "first.mbnet")]
    [InlineData("a/net.mbnet", "b/net.mbnet", "a/net.mbnet")]
    public void The_error_names_the_other_file_so_that_it_can_be_found(string first, string second, string shown)
    {
        Network network = Network("class Net");
        var diagnostics = new DiagnosticBag(new SourceText(second, ""));
        ClassClaim.Of(network, second, Root).Check(network, [ClassClaim.Of(network, first, Root)], Positions.None, diagnostics);
        Assert.Equal(
            $"the class 'App.Net' is already generated from {shown}; give this one another name with: class Net_2", Assert.Single(diagnostics.Items).Message);
    }

    [Theory]
    [InlineData("Contoso.Vision", "other", "Contoso.Vision")]
    [InlineData("", "my-app", "my_app")]
    [InlineData(null, "3d.class", "_3d._class")]
    [InlineData(null, null, "Networks")]
    public void A_projects_namespace_is_always_valid(string? property, string? assembly, string expected) =>
        Assert.Equal(expected, ClassNames.RootNamespace(property, assembly));

    private static ClassClaim Claim(string statements, string path) => ClassClaim.Of(Network(statements), path, Root);

    private static Network Network(string statements) => Compiled.Plan($"network MobileNetV2\nweights random\n{statements}").Network;
}
