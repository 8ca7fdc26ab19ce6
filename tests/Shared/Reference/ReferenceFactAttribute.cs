using System;
using System.Diagnostics;

namespace MobileNetGen.Tests;

/// <summary>A test that needs other people's networks or data. Where they are absent it is no test: <c>ReferenceDataTests</c> says so, once for all.</summary>
[AttributeUsage(AttributeTargets.Method)]
[Conditional("REFERENCE_DATA")]
internal sealed class ReferenceFactAttribute : FactAttribute;

/// <summary>The same of several cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
[Conditional("REFERENCE_DATA")]
internal sealed class ReferenceTheoryAttribute : TheoryAttribute;
