using System.IO;
using System.Reflection;
using System.Runtime.Loader;

// The program to run and its arguments; what it references lies beside it.
string folder = Path.GetDirectoryName(args[0])!;
AssemblyLoadContext.Default.Resolving += (context, name) =>
    Path.Combine(folder, name.Name + ".dll") is var path && File.Exists(path) ? context.LoadFromAssemblyPath(path) : null;
MethodInfo main = AssemblyLoadContext.Default.LoadFromAssemblyPath(args[0]).EntryPoint!;
return (int)main.Invoke(null, [args[1..]])!;
