namespace MobileNetGen.Tool.Terminal;

/// <summary>What the program tells scripts.</summary>
internal static class ExitCode
{
    /// <summary>It did what was asked, and found nothing wrong.</summary>
    public const int Fine = 0;

    /// <summary>A file is wrong, or a check failed.</summary>
    public const int InputIsWrong = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;
}
