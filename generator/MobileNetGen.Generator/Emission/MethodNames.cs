using System;
using System.Collections.Generic;
using System.Linq;
using MobileNetGen.Compiler.Networks;
using MobileNetGen.Generator.Emission.Api;

namespace MobileNetGen.Generator.Emission;

/// <summary>The methods that compute layers, named for them.</summary>
internal sealed class MethodNames
{
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    /// <summary>The method of a layer.</summary>
    public string this[Layer layer] => _names[layer.Name];

    /// <summary>Names the methods of a network. A layer named like another member of the class gets <c>Layer</c> behind its name.</summary>
    public static MethodNames Of(Network network)
    {
        var names = new MethodNames();
        var taken = new HashSet<string>(ClassNames.GeneratedNames, StringComparer.Ordinal) { network.ClassName };
        taken.UnionWith(OutputParameter.Of(network).Select(o => o.Length));
        foreach (Layer layer in network.Layers)
        {
            string name = ClassNames.Pascal(layer.Name);
            while (!taken.Add(name))
                name += "Layer";
            names._names.Add(layer.Name, name);
        }

        return names;
    }
}
