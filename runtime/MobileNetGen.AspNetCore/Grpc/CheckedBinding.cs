using System;
using System.Buffers;
using Google.Protobuf;
using Grpc.Core;

namespace MobileNetGen.AspNetCore.Grpc;

/// <summary>Binds the service's methods so that inference requests are looked through before they are parsed: two bytes of a message can be an object of hundreds.</summary>
internal static class CheckedBinding
{
    private static readonly MessageParser<ModelInferRequest> s_parser = ModelInferRequest.Parser.WithDiscardUnknownFields(true);

    /// <summary>Binds the methods. The server finds this by the attribute of <see cref="GrpcInferenceService"/>.</summary>
    public static void BindService(ServiceBinderBase binder, GRPCInferenceService.GRPCInferenceServiceBase service) => GRPCInferenceService.BindService(new Binder(binder), service);

    private static ModelInferRequest Parse(DeserializationContext context)
    {
        try
        {
            ReadOnlySequence<byte> message = context.PayloadAsReadOnlySequence();
            MessageParts.Check(message);
            return s_parser.ParseFrom(message);
        }
        catch (Exception failure) when (failure is InferenceException or InvalidProtocolBufferException)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, failure.Message));
        }
    }

    /// <summary>Passes methods on, that of inference with a parser of our own.</summary>
    private sealed class Binder(ServiceBinderBase inner) : ServiceBinderBase
    {
        public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
        {
            if (method is Method<ModelInferRequest, TResponse> inference)
            {
                var parsing = new Marshaller<ModelInferRequest>(inference.RequestMarshaller.ContextualSerializer, Parse);
                inner.AddMethod(new Method<ModelInferRequest, TResponse>(method.Type, method.ServiceName, method.Name, parsing, method.ResponseMarshaller), handler as UnaryServerMethod<ModelInferRequest, TResponse>);
            }
            else
            {
                inner.AddMethod(method, handler);
            }
        }
    }
}
