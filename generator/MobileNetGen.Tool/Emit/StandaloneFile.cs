using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace MobileNetGen.Tool.Emit;

/// <summary>A generated class and what it uses of the runtime, in one file that needs neither package nor generator.</summary>
internal static class StandaloneFile
{
    private const string TensorPackage = "System.Numerics.Tensors";
    private const string Runtime = "MobileNetGen.Runtime";

    /// <summary>The framework's assemblies, in which names are looked up.</summary>
    public static ImmutableArray<MetadataReference> Framework { get; } =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetDirectoryName(p) == Path.GetDirectoryName(typeof(object).Assembly.Location))
            .Select(p => MetadataReference.CreateFromFile(p)),
    ];

    /// <summary>Writes the file.</summary>
    /// <param name="generated">The generated class, its weights in its source.</param>
    public static string Write(string generated)
    {
        SyntaxTree classTree = Parse(WithoutTensors(generated));
        ClassDeclarationSyntax network = TypesOf(classTree).OfType<ClassDeclarationSyntax>().Single();
        HashSet<SyntaxNode> reached = Reachability.From(network, ParsedRuntime.Compilation);

        string outer = ((BaseNamespaceDeclarationSyntax)network.Parent!).Name.ToString(), inner = $"{outer}.{network.Identifier}_Runtime";
        var usings = new SortedSet<string>(StringComparer.Ordinal);
        var code = new StringBuilder();
        foreach ((string path, SyntaxTree tree) in ParsedRuntime.Trees)
        {
            string kept = string.Join("\n", TypesOf(tree).Select(t => Kept(t, reached)).OfType<string>());
            if (kept.Length == 0)
                continue;
            usings.UnionWith(Usings(tree));
            code.Append(CultureInfo.InvariantCulture, $"\n// {path}\n\n{kept}");
        }

        var file = new StringBuilder();
        file.Append(Header(classTree));
        file.Append("#nullable enable\n#pragma warning disable CS1573, CS1574, CS1587, CS1591 // documentation of what is left out here\n\n");
        Namespace(file, outer, [.. Usings(classTree), inner], Rename(classTree, network, inner));
        file.Append('\n');
        Namespace(file, inner, usings, code.ToString().TrimStart('\n'));
        return file.ToString();
    }

    /// <summary>Leaves out the overloads on tensors, whose types are in a package.</summary>
    private static string WithoutTensors(string generated)
    {
        CompilationUnitSyntax root = Parse(generated).GetCompilationUnitRoot();
        IEnumerable<SyntaxNode> tensors = root.DescendantNodes().Where(n =>
            n is MethodDeclarationSyntax m && m.ParameterList.Parameters.Any(p => p.Type!.ToString().Contains("TensorSpan<", StringComparison.Ordinal)));
        root = root.RemoveNodes(tensors, SyntaxRemoveOptions.KeepNoTrivia)!;

        // What they need besides is found beside the rest of the runtime.
        return root.ToFullString().Replace($"global::{TensorPackage}.", $"global::{Runtime}.", StringComparison.Ordinal);
    }

    /// <summary>The text of a type, or of its members that are reached; null where none is.</summary>
    private static string? Kept(MemberDeclarationSyntax type, HashSet<SyntaxNode> reached)
    {
        if (Reachability.IsTakenApart(type))
        {
            var taken = (ClassDeclarationSyntax)type;
            MemberDeclarationSyntax[] unreached = [.. taken.Members.Where(m => !reached.Contains(m))];
            if (unreached.Length == taken.Members.Count)
                return null;
            type = taken.RemoveNodes(unreached, SyntaxRemoveOptions.KeepNoTrivia)!;
        }
        else if (!reached.Contains(type))
        {
            return null;
        }

        return Internal(type).ToFullString().Trim('\n').Replace("{\n\n", "{\n", StringComparison.Ordinal) + "\n";
    }

    private static MemberDeclarationSyntax Internal(MemberDeclarationSyntax type)
    {
        SyntaxToken visibility = type.Modifiers.FirstOrDefault(m => m.IsKind(SyntaxKind.PublicKeyword));
        return visibility == default ? type : type.ReplaceToken(visibility, SyntaxFactory.Token(SyntaxKind.InternalKeyword).WithTriviaFrom(visibility));
    }

    /// <summary>The text of the class, the runtime's namespace replaced where its code names it.</summary>
    private static string Rename(SyntaxTree tree, ClassDeclarationSyntax network, string runtime)
    {
        SourceText text = tree.GetText();
        IEnumerable<TextChange> changes = network.DescendantNodes().OfType<AliasQualifiedNameSyntax>()
            .Select(name => name.Parent!)
            .Where(name => name.ToString() == "global::" + Runtime)
            .Select(name => name.Parent is QualifiedNameSyntax or MemberAccessExpressionSyntax && name.Parent.ToString() == $"global::{Runtime}.Kernels" ? name.Parent : name)
            .Select(name => new TextChange(name.Span, "global::" + runtime))
            .Append(new TextChange(network.Modifiers.Single(m => m.IsKind(SyntaxKind.PublicKeyword)).Span, "internal"))
            .OrderBy(c => c.Span.Start);
        SourceText renamed = text.WithChanges(changes);
        int start = network.FullSpan.Start;
        return renamed.ToString(TextSpan.FromBounds(start, renamed.Length)).Trim('\n') + "\n";
    }

    /// <summary>Writes a namespace and indents its code, but for the lines inside literals.</summary>
    private static void Namespace(StringBuilder file, string name, IEnumerable<string> usings, string code)
    {
        file.Append(CultureInfo.InvariantCulture, $"namespace {name}\n{{\n");
        foreach (string used in usings)
            file.Append(CultureInfo.InvariantCulture, $"    using {used};\n");
        file.Append('\n');

        SyntaxTree tree = Parse(code);
        SourceText text = tree.GetText();
        HashSet<int> literal = [.. tree.GetRoot().DescendantTokens().SelectMany(t =>
        {
            LinePositionSpan lines = text.Lines.GetLinePositionSpan(t.Span);
            return Enumerable.Range(lines.Start.Line + 1, lines.End.Line - lines.Start.Line);
        })];
        foreach (TextLine line in text.Lines.SkipLast(1))
        {
            string content = line.ToString();
            file.Append(content.Length == 0 || literal.Contains(line.LineNumber) ? "" : "    ").Append(content).Append('\n');
        }

        file.Append("}\n");
    }

    /// <summary>The generator's comment, and what this file asks of its project.</summary>
    private static string Header(SyntaxTree generated)
    {
        const string end = "// </auto-generated>";
        string comment = generated.GetText().ToString();
        comment = comment[..comment.IndexOf(end, StringComparison.Ordinal)];
        return comment + "//\n//     Complete: it needs .NET 10 or later and, in the project, <AllowUnsafeBlocks>true</AllowUnsafeBlocks>.\n" + end + "\n\n";
    }

    private static IEnumerable<string> Usings(SyntaxTree tree) =>
        tree.GetCompilationUnitRoot().Usings.Select(u => u.Name!.ToString()).Where(u => !u.StartsWith(Runtime, StringComparison.Ordinal) && u != TensorPackage);

    private static IEnumerable<MemberDeclarationSyntax> TypesOf(SyntaxTree tree) => tree.GetCompilationUnitRoot().Members.OfType<BaseNamespaceDeclarationSyntax>().SelectMany(n => n.Members);

    /// <summary>The runtime, parsed once, and only where a file is written: the framework's assemblies are asked for by all who compile.</summary>
    private static class ParsedRuntime
    {
        public static ImmutableArray<(string Path, SyntaxTree Tree)> Trees { get; } = [.. RuntimeSources.All.Select(s => (s.Path, Parse(s.Text)))];

        /// <summary>That to which a class is added: what is known of the framework and of the runtime is known to all.</summary>
        public static CSharpCompilation Compilation { get; } = CSharpCompilation.Create(
            "all", Trees.Select(r => r.Tree), Framework, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
    }

    private static SyntaxTree Parse(string text) => CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.CSharp14));
}
