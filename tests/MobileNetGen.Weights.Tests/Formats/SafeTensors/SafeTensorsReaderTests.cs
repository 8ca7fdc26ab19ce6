using System;
using System.Buffers.Binary;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using MobileNetGen.Weights.Formats;
using MobileNetGen.Weights.Formats.SafeTensors;
using MobileNetGen.Weights.Tests.Formats.PyTorch;

namespace MobileNetGen.Weights.Tests.Formats.SafeTensors;

public class SafeTensorsReaderTests
{
    private const string Weight = "\"a.weight\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}";

    [Fact]
    public void A_state_dictionary_sorted_by_name_gives_what_PyTorch_computes() =>
        MadeFiles.GivesItsOutputs("safetensors/mobilenet.safetensors", PyTorchReaderTests.MobileNet);

    [Theory]
    [InlineData("F16", 2)]
    [InlineData("BF16", 2)]
    [InlineData("F32", 4)]
    [InlineData("F64", 8)]
    public void Every_real_type_is_read(string type, int size)
    {
        byte[] data = type switch
        {
            "F16" => Bytes<Half>([(Half)1.5, (Half)(-0.25)]),
            "BF16" => Bytes<ushort>([0x3fc0, 0xbe80]),
            "F32" => Bytes<float>([1.5f, -0.25f]),
            _ => Bytes<double>([1.5, -0.25]),
        };
        var source = (SourceParameters)Read($"{{\"a.weight\":{{\"dtype\":\"{type}\",\"shape\":[1,2],\"data_offsets\":[0,{2 * size}]}}}}", data);
        Assert.Equal([1.5f, -0.25f], Assert.Single(source.Filters).Weights.Floats);
    }

    [Fact]
    public void Tensors_that_no_layer_needs_may_be_anything() =>
        Assert.Single(((SourceParameters)Read($"{{{Weight},\"a.step\":{{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[8,16]}}}}", new byte[16])).Filters);

    [Fact]
    public void What_is_no_layer_s_is_named() => Assert.Equal(
        "mean", Assert.Single(Read($"{{{Weight},\"mean\":{{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}}}", new byte[12]).LeftAside));

    [Theory]
    [InlineData("{\"__metadata__\":{\"format\":\"tf\"}," + Weight + "}", "The file was saved from \"tf\", which orders kernels differently; a file saved from PyTorch (\"pt\") was expected.")]
    [InlineData("{\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "The file holds no tensor that is called as a layer's weights are (\"….weight\", \"….bias\", \"….running_mean\", …); the first it holds are \"b\".")]
    [InlineData("{}", "it holds none at all")]
    [InlineData("{\"a.weight\":{\"dtype\":\"I8\",\"shape\":[1,2],\"data_offsets\":[0,2]}}", "\"a.weight\" is of type I8; F32, F16, BF16 or F64 was expected.")]
    [InlineData("{" + Weight + ",\"b.weight\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[4,8]}}", "\"a.weight\" and \"b.weight\" overlap")]
    [InlineData("{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[4,12]}}", "\"a.weight\" should be at bytes 4 to 12 of 8")]
    [InlineData("{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[8,0]}}", "\"a.weight\" should be at bytes 8 to 0 of 8")]
    [InlineData("{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,4]}}", "\"a.weight\", F32 [1, 2], has 4 bytes; its shape needs 8.")]
    [InlineData("{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[2147483647,2147483647,2147483647,2147483647],\"data_offsets\":[0,4]}}", "has 4 bytes; its shape needs")]
    [InlineData("{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[1,0],\"data_offsets\":[0,0]}}", "\"a.weight\" is empty")]
    [InlineData("{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,8]}}", "\"a.weight\" is not described by dtype, shape and data_offsets")]
    [InlineData("{\"a.weight\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,1e30]}}", "\"a.weight\" is not described by dtype, shape and data_offsets")]
    [InlineData("{\"a.weight\":{\"dtype\":7,\"shape\":[2],\"data_offsets\":[0,8]}}", "\"a.weight\" is not described by dtype, shape and data_offsets")]
    [InlineData("{\"a.weight\":[1,2]}", "\"a.weight\" is not described by dtype, shape and data_offsets")]
    [InlineData("{\"a.weight\":{\"dtype\":\"\\ud800\",\"shape\":[2],\"data_offsets\":[0,8]}}", "its header is not JSON")]
    [InlineData("{\"a.weight\":[[[[[1]]]]]}", "its header is not JSON")]
    [InlineData("{\"a.weight\":", "its header is not JSON")]
    [InlineData("{" + Weight + "," + Weight + "}", "\"a.weight\" and \"a.weight\" overlap")]
    public void What_a_header_cannot_say_is_refused(string header, string message) =>
        Assert.Contains(message, Assert.Throws<WeightsException>(() => Read(header, new byte[8])).Message, StringComparison.Ordinal);

    [Fact]
    public void Numbers_that_are_not_finite_are_refused() => Assert.Equal(
        "Element 1 of \"a.weight\" is not a finite number. The training diverged, or the file is damaged.",
        Assert.Throws<WeightsException>(() => Read($"{{{Weight}}}", Bytes<float>([1, float.NaN]))).Message);

    [Theory]
    [InlineData("")]
    [InlineData("\x02\0\0\0\0\0\0\0")]
    [InlineData("<!DOCTYPE html>")]
    [InlineData("\xff\xff\xff\xff\xff\xff\xff\x7f{}")]
    public void Another_file_is_refused(string latin1) => Assert.StartsWith(
        "The file is not a safetensors file", Assert.Throws<WeightsException>(() => Read(Encoding.Latin1.GetBytes(latin1))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_header_that_does_not_end_is_refused() => Assert.Contains(
        "its header should have 1000 bytes, but 2 are left", Assert.Throws<WeightsException>(() => Read([0xe8, 3, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}'])).Message, StringComparison.Ordinal);

    [Fact]
    public void The_content_is_recognised()
    {
        var reader = new SafeTensorsReader();
        Assert.True(reader.CanRead(MadeFiles.Bytes("safetensors/mobilenet.safetensors").AsSpan(0, 64), ""));
        Assert.True(reader.CanRead([], ".safetensors"));
        Assert.False(reader.CanRead("{\"format\": \"layers-model\"}"u8, ".json"));
        Assert.False(reader.CanRead([], ".bin"));
    }

    private static byte[] Bytes<T>(T[] values)
        where T : struct => MemoryMarshal.AsBytes<T>(values).ToArray();

    private static SourceModel Read(string header, byte[] data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header), length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        return Read([.. length, .. text, .. data]);
    }

    private static SourceModel Read(byte[] file) => new SafeTensorsReader().Read(new WeightsInput("a.safetensors", file));
}
