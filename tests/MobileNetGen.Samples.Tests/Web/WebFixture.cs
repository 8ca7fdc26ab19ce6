using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;
using MobileNetGen.Tests;

namespace MobileNetGen.Samples.Tests.Web;

/// <summary>The published page, and a browser to look at it with.</summary>
public sealed class WebFixture : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("web");
    private Chromium? _browser;

    internal Chromium Browser => _browser!;

    /// <summary>The folder that a server would get.</summary>
    public string Root => Path.Combine(_folder.FullName, "wwwroot");

    public async Task InitializeAsync()
    {
        if (Chromium.Program is null)
            return;
        // Compressed files are for servers that hand them out; making them takes longer than all the rest.
        DotNet.Run(
            BuildProperty.RepositoryRoot, "publish", Path.Combine("samples", "Web"), "--no-build", "-c", BuildProperty.Configuration, "-o", _folder.FullName,
            "-p:CompressionEnabled=false").Succeeded();
        _browser = await Chromium.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
            DotNet.StopServers(_folder.FullName);
        }

        _folder.Delete(recursive: true);
    }

    /// <summary>Serves the page until it is disposed. The page's security policy comes with every file, so that the worker has it too.</summary>
    internal async Task<(WebApplication Server, string Address)> ServeAsync()
    {
        string policy = Regex.Match(await File.ReadAllTextAsync(Path.Combine(Root, "index.html")), "Content-Security-Policy\" content=\"([^\"]+)\"").Groups[1].Value;
        Assert.NotEmpty(policy);

        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        WebApplication server = builder.Build();
        var files = new PhysicalFileProvider(Root);
        var types = new FileExtensionContentTypeProvider { Mappings = { [".wasm"] = "application/wasm" } };
        server.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
        server.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = files,
            ContentTypeProvider = types,
            // Not kept by the browser itself: what works offline works by the page's own cache.
            OnPrepareResponse = context => (context.Context.Response.Headers.ContentSecurityPolicy, context.Context.Response.Headers.CacheControl) = (policy, "no-store"),
        });
        await server.StartAsync();
        return (server, server.Urls.Single() + "/");
    }
}
