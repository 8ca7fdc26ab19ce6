using System;
using System.Buffers;
using System.IO;
using System.IO.Pipelines;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace MobileNetGen.AspNetCore.Rest;

/// <summary>A request's body, whole, in memory that is given back when this is disposed.</summary>
internal sealed class RequestBody : IDisposable
{
    private const int FirstBytes = 16 * 1024;

    private readonly BodyBudget _budget;
    private byte[] _buffer = [];
    private int _taken;
    private int _length;

    private RequestBody(BodyBudget budget) => _budget = budget;

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>Reads a body to its end.</summary>
    /// <exception cref="InferenceException">It is too long, comes too slowly, is compressed, or there is no memory for it.</exception>
    /// <exception cref="OperationCanceledException">The client has gone.</exception>
    public static async Task<RequestBody> ReadAsync(HttpContext context, InferenceLimits limits, BodyBudget budget)
    {
        HttpRequest request = context.Request;
        if (request.Headers.ContentEncoding is [{ Length: > 0 } encoding] && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            throw new InferenceException(Problem.Unsupported, "The body is compressed; it is taken as it is.");

        // The server's own limit would end the connection; this one is told in an answer, and before anything is read where the length is known.
        if (request.ContentLength > limits.MaximumBodyBytes)
            throw TooLarge(limits);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } server)
            server.MaxRequestBodySize = limits.MaximumBodyBytes + 1L;

        // Ends a read without an exception, after which the server can still drain what is left.
        using var timeout = new Timer(state => ((PipeReader)state!).CancelPendingRead(), request.BodyReader, limits.BodyTimeout, Timeout.InfiniteTimeSpan);
        var body = new RequestBody(budget);
        try
        {
            body.Grow((int)(request.ContentLength ?? FirstBytes));
            await body.FillAsync(request.BodyReader, limits);
            return body;
        }
        catch (Exception failure)
        {
            body.Dispose();
            throw failure switch
            {
                BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => TooLarge(limits),
                BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => new InferenceException(Problem.Slow, "The body comes too slowly."),
                BadHttpRequestException bad => new InferenceException(Problem.Invalid, bad.Message),
                IOException when context.RequestAborted.IsCancellationRequested => new OperationCanceledException(context.RequestAborted),
                _ => failure,
            };
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _budget.Return(_taken);
        (_taken, _length) = (0, 0);
    }

    private static InferenceException TooLarge(InferenceLimits limits) => new(Problem.TooLarge, $"The body has more than {limits.MaximumBodyBytes} bytes.");

    private async Task FillAsync(PipeReader source, InferenceLimits limits)
    {
        while (true)
        {
            ReadResult read = await source.ReadAsync();
            try
            {
                if (read.IsCanceled)
                    throw new InferenceException(Problem.Slow, $"The body did not come within {limits.BodyTimeout.TotalSeconds:0.#} seconds.");
                Append(read.Buffer, limits);
            }
            finally
            {
                // Also what is refused: a reader that was not told so cannot go on, and the connection would hang.
                source.AdvanceTo(read.Buffer.End);
            }

            if (read.IsCompleted)
                return;
        }
    }

    private void Append(ReadOnlySequence<byte> bytes, InferenceLimits limits)
    {
        long length = _length + bytes.Length;
        if (length > limits.MaximumBodyBytes)
            throw TooLarge(limits);
        if (length > _taken)
            Grow((int)Math.Min(Math.Max(2L * _taken, length), limits.MaximumBodyBytes));
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length = (int)length;
    }

    private void Grow(int bytes)
    {
        _budget.Take(bytes - _taken);
        _taken = bytes;
        byte[] larger = ArrayPool<byte>.Shared.Rent(bytes);
        _buffer.AsSpan(0, _length).CopyTo(larger);
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
