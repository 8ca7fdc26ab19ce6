namespace MobileNetGen.AspNetCore;

/// <summary>Why a request has no result.</summary>
internal enum Problem
{
    /// <summary>It says something that cannot be.</summary>
    Invalid,

    /// <summary>It asks for what is not there.</summary>
    NotFound,

    /// <summary>It is more than a limit allows.</summary>
    TooLarge,

    /// <summary>Its body is of a kind that is not read.</summary>
    Unsupported,

    /// <summary>Its body did not come in time.</summary>
    Slow,

    /// <summary>There is too much other work: it may be sent again later.</summary>
    Busy,
}
