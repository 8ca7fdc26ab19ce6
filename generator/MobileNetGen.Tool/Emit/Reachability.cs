using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MobileNetGen.Tool.Emit;

/// <summary>
/// Finds what of the runtime a generated class uses. Static classes, which hold the kernels, are taken apart member by member; of other types, whose members
/// serve interfaces and operators too, all is used if anything is.
/// </summary>
internal sealed class Reachability
{
    private readonly CSharpCompilation _compilation;
    private readonly Dictionary<SyntaxTree, SemanticModel> _models = [];
    private readonly HashSet<SyntaxNode> _reached = [];
    private readonly Queue<SyntaxNode> _unread = new();

    private Reachability(CSharpCompilation compilation) => _compilation = compilation;

    /// <summary>The members and types that are reached from a declaration, itself among them.</summary>
    /// <param name="compilation">All that could be reached.</param>
    /// <param name="root">Where to begin.</param>
    public static HashSet<SyntaxNode> From(CSharpCompilation compilation, MemberDeclarationSyntax root)
    {
        var walk = new Reachability(compilation);
        walk.Reach(root);
        while (walk._unread.TryDequeue(out SyntaxNode? node))
            walk.Read(node);
        return walk._reached;
    }

    /// <summary>Whether a type is taken apart by members.</summary>
    public static bool IsTakenApart(SyntaxNode? node) => node is ClassDeclarationSyntax type && type.Modifiers.Any(SyntaxKind.StaticKeyword) && type.Parent is BaseNamespaceDeclarationSyntax;

    private void Read(SyntaxNode declaration)
    {
        if (!_models.TryGetValue(declaration.SyntaxTree, out SemanticModel? model))
            _models.Add(declaration.SyntaxTree, model = _compilation.GetSemanticModel(declaration.SyntaxTree));
        foreach (SyntaxNode node in declaration.DescendantNodes())
        {
            // Operators are symbols of the expressions, all else of a name.
            if (node is not (SimpleNameSyntax or BinaryExpressionSyntax or PrefixUnaryExpressionSyntax or AssignmentExpressionSyntax or CastExpressionSyntax or BaseObjectCreationExpressionSyntax))
                continue;
            SymbolInfo symbol = model.GetSymbolInfo(node);
            foreach (ISymbol found in symbol.Symbol is { } one ? [one] : symbol.CandidateSymbols)
                Reach(found);
        }
    }

    private void Reach(ISymbol symbol)
    {
        foreach (SyntaxReference reference in symbol.OriginalDefinition.DeclaringSyntaxReferences)
        {
            SyntaxNode node = reference.GetSyntax();
            if (node.AncestorsAndSelf().OfType<MemberDeclarationSyntax>().FirstOrDefault(m => m is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax || IsTakenApart(m.Parent)) is not { } member)
                continue;

            // A name in front of a dot reaches no more than what stands behind it; a nested type is a member.
            if (IsTakenApart(member))
                continue;
            while (member.Parent is MemberDeclarationSyntax outer && outer is not BaseNamespaceDeclarationSyntax && !IsTakenApart(outer))
                member = outer;
            Reach(member);
        }
    }

    private void Reach(MemberDeclarationSyntax member)
    {
        if (_reached.Add(member))
            _unread.Enqueue(member);
    }
}
