namespace MobileNetGen.Teaching.Photographs;

/// <summary>A photograph that somebody has put into the folder of its class.</summary>
/// <param name="Path">The file.</param>
/// <param name="Name">The file relative to the folder of folders, with <c>/</c> between the parts.</param>
/// <param name="Label">The class: the name of the folder in it.</param>
internal sealed record PhotographFile(string Path, string Name, string Label);
