using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MobileNetGen.Tool.Emit;

/// <summary>
/// Finds what of the runtime a generated class uses. Static classes, which hold the kernels, are taken apart member by member; of other types, whose members
/// serve interfaces and operators too, all is used if anything is.
/// </summary>
internal static class Reachability
{
    /// <summary>What each declaration of the runtime names, which is the same for all classes.</summary>
    private static readonly ConditionalWeakTable<SyntaxNode, MemberDeclarationSyntax[]> s_named = [];

    /// <summary>The members and types that are of the runtime that are reached from a class.</summary>
    /// <param name="network">The class.</param>
    /// <param name="runtime">All that could be reached.</param>
    public static HashSet<SyntaxNode> From(MemberDeclarationSyntax network, CSharpCompilation runtime)
    {
        HashSet<SyntaxNode> reached = [];
        var unread = new Queue<MemberDeclarationSyntax>(Named(network, runtime.AddSyntaxTrees(network.SyntaxTree)).Where(member => member.SyntaxTree != network.SyntaxTree));
        while (unread.TryDequeue(out MemberDeclarationSyntax? member))
        {
            if (!reached.Add(member))
                continue;
            foreach (MemberDeclarationSyntax named in s_named.GetValue(member, node => Named(node, runtime)))
                unread.Enqueue(named);
        }

        return reached;
    }

    /// <summary>Whether a type is taken apart by members.</summary>
    public static bool IsTakenApart(SyntaxNode? node) => node is ClassDeclarationSyntax type && type.Modifiers.Any(SyntaxKind.StaticKeyword) && type.Parent is BaseNamespaceDeclarationSyntax;

    private static MemberDeclarationSyntax[] Named(SyntaxNode declaration, CSharpCompilation compilation)
    {
        SemanticModel model = compilation.GetSemanticModel(declaration.SyntaxTree);
        var named = new HashSet<MemberDeclarationSyntax>();

        // Weights name nothing.
        foreach (SyntaxNode node in declaration.DescendantNodes(node => node is not CollectionExpressionSyntax { Elements.Count: > 256 }))
        {
            // Operators are symbols of the expressions, all else of a name.
            if (node is not (SimpleNameSyntax or BinaryExpressionSyntax or PrefixUnaryExpressionSyntax or AssignmentExpressionSyntax or CastExpressionSyntax or BaseObjectCreationExpressionSyntax))
                continue;
            SymbolInfo symbol = model.GetSymbolInfo(node);
            foreach (ISymbol found in symbol.Symbol is { } one ? [one] : symbol.CandidateSymbols)
                named.UnionWith(found.OriginalDefinition.DeclaringSyntaxReferences.Select(reference => Member(reference.GetSyntax())).OfType<MemberDeclarationSyntax>());
        }

        return [.. named];
    }

    /// <summary>The declaration that is kept or left out as a whole, of which a node is a part; null where there is none.</summary>
    private static MemberDeclarationSyntax? Member(SyntaxNode node)
    {
        // A name in front of a dot reaches no more than what stands behind it; a nested type is a member.
        if (node.AncestorsAndSelf().OfType<MemberDeclarationSyntax>().FirstOrDefault(m => m is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax || IsTakenApart(m.Parent)) is not { } member || IsTakenApart(member))
            return null;
        while (member.Parent is MemberDeclarationSyntax outer && outer is not BaseNamespaceDeclarationSyntax && !IsTakenApart(outer))
            member = outer;
        return member;
    }
}
