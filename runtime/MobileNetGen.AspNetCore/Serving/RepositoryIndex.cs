using System.Collections.Generic;
using System.Linq;
using MobileNetGen.AspNetCore.Models;

namespace MobileNetGen.AspNetCore.Serving;

/// <summary>The repository extension: which networks there are. They are compiled into the program, so all are loaded, and stay so.</summary>
internal static class RepositoryIndex
{
    /// <summary>What the index says of a network.</summary>
    internal readonly record struct Entry(string Name, string Version, string State, string Reason);

    /// <summary>All networks.</summary>
    public static IEnumerable<Entry> Of(InferenceEngine engine) => engine.Models.Select(model => new Entry(model.Name, ServedModel.Version, "READY", ""));

    /// <summary>What is answered to those who would unload one.</summary>
    public static InferenceException CannotUnload(ServedModel model) => new(Problem.Invalid, $"The network '{model.Name}' is compiled into the program; it cannot be unloaded.");
}
