using System;
using System.Globalization;

namespace MobileNetGen.Runtime.Tests.Detections;

public sealed class DetectionTests
{
    private static readonly Detection s_cat = new(16, 0.6445f, 0.25f, 0.5f, 0.75f, 0.625f, "cat");

    [Fact]
    public void A_detection_has_a_width_and_a_height()
    {
        Assert.Equal(0.5f, s_cat.Width);
        Assert.Equal(0.125f, s_cat.Height);
    }

    [Fact]
    public void Pixels_are_those_of_the_image()
        => Assert.Equal(new Detection(16, 0.6445f, 300, 300, 900, 375, "cat"), s_cat.In(1200, 600));

    [Theory]
    [InlineData("cat", "cat (64.5%) 0.25, 0.5 to 0.75, 0.625")]
    [InlineData("", "class 16 (64.5%) 0.25, 0.5 to 0.75, 0.625")]
    [InlineData(null, "class 16 (64.5%) 0.25, 0.5 to 0.75, 0.625")]
    public void A_detection_is_text_for_people_in_every_culture(string? label, string expected)
    {
        CultureInfo culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = "," } };
            Assert.Equal(expected, (s_cat with { Label = label! }).ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }
}
