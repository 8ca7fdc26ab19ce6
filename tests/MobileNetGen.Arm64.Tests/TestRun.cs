using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Threading;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace MobileNetGen.Arm64.Tests;

/// <summary>Runs the tests of an assembly in this process: a test host with its sockets and discovery takes minutes under emulation.</summary>
internal sealed class TestRun : LongLivedMarshalByRefObject, IMessageSink
{
    private readonly List<ITestCase> _cases = [];
    private readonly List<string> _failures = [];
    private readonly Lock _lock = new();
    private readonly ManualResetEventSlim _found = new(), _ran = new();

    private TestRun()
    {
    }

    /// <summary>How many tests passed.</summary>
    public int Passed { get; private set; }

    /// <summary>The name of each test that failed, with what went wrong.</summary>
    public IReadOnlyList<string> Failures => _failures;

    /// <summary>Runs the tests, given by their classes' full names and their methods, that <paramref name="isIncluded"/> accepts.</summary>
    public static TestRun Of(Assembly assembly, Func<string, string, bool> isIncluded)
    {
        var run = new TestRun();
        using var framework = new XunitTestFramework(run);
        using ITestFrameworkDiscoverer discoverer = framework.GetDiscoverer(Reflector.Wrap(assembly));
        discoverer.Find(includeSourceInformation: false, run, new Options());
        run._found.Wait();

        using ITestFrameworkExecutor executor = framework.GetExecutor(assembly.GetName());
        executor.RunTests(run._cases.Where(c => isIncluded(c.TestMethod.TestClass.Class.Name, c.TestMethod.Method.Name)), run, new Options());
        run._ran.Wait();
        return run;
    }

    bool IMessageSink.OnMessage(IMessageSinkMessage message)
    {
        lock (_lock)
        {
            switch (message)
            {
                case ITestCaseDiscoveryMessage found:
                    _cases.Add(found.TestCase);
                    break;
                case IDiscoveryCompleteMessage:
                    _found.Set();
                    break;
                case ITestPassed:
                    Passed++;
                    break;
                case ITestFailed failed:
                    _failures.Add($"{failed.Test.DisplayName}\n{string.Join('\n', failed.Messages)}\n{string.Join('\n', failed.StackTraces)}");
                    break;
                case IErrorMessage error:
                    _failures.Add(string.Join('\n', error.Messages));
                    break;
                case ITestClassCleanupFailure error:
                    _failures.Add(string.Join('\n', error.Messages));
                    break;
                case ITestAssemblyFinished:
                    _ran.Set();
                    break;
            }
        }

        return true;
    }

    /// <summary>No option set: the framework's defaults.</summary>
    private sealed class Options : LongLivedMarshalByRefObject, ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
    {
        private readonly Dictionary<string, object?> _values = [];

        public TValue GetValue<TValue>(string name) => _values.TryGetValue(name, out object? value) ? (TValue)value! : default!;

        public void SetValue<TValue>(string name, TValue value) => _values[name] = value;
    }
}
