namespace MobileNetGen.Generator.Written;

/// <summary>A file that packing wrote, as the compiler was given it.</summary>
internal abstract record PackedFile;
