using System;
using Microsoft.Extensions.Logging;

namespace MobileNetGen.AspNetCore;

/// <summary>What is written to the program's log.</summary>
internal static partial class Log
{
    /// <summary>A request failed for a reason that is the service's own.</summary>
    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "The request {Path} failed.")]
    public static partial void Failed(ILogger logger, string path, Exception failure);
}
