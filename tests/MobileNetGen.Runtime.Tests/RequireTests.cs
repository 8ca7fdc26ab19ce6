using System;
using System.Numerics.Tensors;

namespace MobileNetGen.Runtime.Tests;

public sealed class RequireTests
{
    [Fact]
    public void Lengths_that_fit_pass()
    {
        Require.Length(5, 5, "pixels", "bytes");
        Require.AtLeast(5, 5, "scratch", "bytes");
        Require.AtLeast(6, 5, "scratch", "bytes");
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_named_with_what_was_given_and_what_is_needed()
    {
        ArgumentException error = Assert.Throws<ArgumentException>("pixels", () => Require.Length(4, 5, "pixels", "the bytes of an image"));
        Assert.Contains("'pixels' has 4 elements; exactly 5 are needed: the bytes of an image.", error.Message);
        Assert.Throws<ArgumentException>("pixels", () => Require.Length(6, 5, "pixels", "bytes"));
        error = Assert.Throws<ArgumentException>("scratch", () => Require.AtLeast(4, 5, "scratch", "bytes"));
        Assert.Contains("at least 5", error.Message);
    }

    [Fact]
    public void Tensors_of_the_right_shape_become_spans_of_the_same_memory()
    {
        byte[] pixels = new byte[2 * 3 * 4];
        Assert.True(Require.Shape(new ReadOnlyTensorSpan<byte>(pixels, [2, 3, 4]), 2, 3, 4, "image").Overlaps(pixels, out int offset));
        Assert.Equal(0, offset);
        Assert.Equal(24, Require.Shape(new ReadOnlyTensorSpan<byte>(pixels, [1, 2, 3, 4]), 2, 3, 4, "image").Length);
        Require.Shape(new TensorSpan<byte>(pixels, [2, 3, 4]), 2, 3, 4, "image")[23] = 7;
        Assert.Equal(7, pixels[23]);

        float[] scores = new float[10];
        Require.Shape(new TensorSpan<float>(scores, [10]), 10, "scores")[9] = 1;
        Require.Shape(new TensorSpan<float>(scores, [1, 10]), 10, "scores")[8] = 2;
        Assert.Equal([2f, 1f], scores[8..]);
        Assert.Equal(10, Require.Shape(new ReadOnlyTensorSpan<float>(scores, [1, 10]), 10, "scores").Length);
    }

    [Fact]
    public void Tensors_of_another_shape_are_rejected_with_both_shapes()
    {
        byte[] pixels = new byte[24];
        ArgumentException error = Assert.Throws<ArgumentException>("image", () => { Require.Shape(new ReadOnlyTensorSpan<byte>(pixels, [4, 3, 2]), 2, 3, 4, "image"); });
        Assert.Contains("[4, 3, 2]", error.Message);
        Assert.Contains("[2, 3, 4]", error.Message);
        Assert.Throws<ArgumentException>("image", () => { Require.Shape(new TensorSpan<byte>(pixels, [24]), 2, 3, 4, "image"); });
        Assert.Throws<ArgumentException>("image", () => { Require.Shape(new TensorSpan<byte>(pixels, [2, 1, 3, 4]), 2, 3, 4, "image"); });
        Assert.Throws<ArgumentException>("scores", () => { Require.Shape(new TensorSpan<byte>(pixels, [23]), 24, "scores"); });
        Assert.Throws<ArgumentException>("scores", () => { Require.Shape(new TensorSpan<byte>(pixels, [2, 12]), 24, "scores"); });
    }

    [Fact]
    public void Tensors_that_are_not_dense_are_rejected()
    {
        byte[] pixels = new byte[48];
        ArgumentException error = Assert.Throws<ArgumentException>("image", () =>
        {
            var rows = new ReadOnlyTensorSpan<byte>(pixels, [2, 3, 4], [24, 4, 1]);
            Require.Shape(rows, 2, 3, 4, "image");
        });
        Assert.Contains("not dense", error.Message);
        Assert.Throws<ArgumentException>("image", () => { Require.Shape(new ReadOnlyTensorSpan<byte>(pixels, [2, 3, 4], [0, 4, 1]), 2, 3, 4, "image"); });
    }

    [Fact]
    public void Checking_allocates_nothing()
    {
        byte[] pixels = new byte[24];
        Assert.Equal(0, Allocations.Of(Check));

        void Check()
        {
            Require.Length(24, 24, "pixels", "bytes");
            Require.Shape(new ReadOnlyTensorSpan<byte>(pixels, [2, 3, 4]), 2, 3, 4, "image");
            Require.Shape(new TensorSpan<byte>(pixels, [1, 24]), 24, "scores");
        }
    }
}
