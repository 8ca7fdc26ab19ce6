using System.Text;

namespace MobileNetGen.Runtime.Tests;

public sealed class LabelsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("cat", "cat")]
    [InlineData("cat\n", "cat")]
    [InlineData("cat\ndog", "cat", "dog")]
    [InlineData("cat\r\ndog\r\n", "cat", "dog")]
    [InlineData("\n", "")]
    [InlineData("a\n\nb\n\n", "a", "", "b", "")]
    [InlineData("Ærøskøbing\n北京, 🐈", "Ærøskøbing", "北京, 🐈")]
    [InlineData(" spaces stay ", " spaces stay ")]
    public void Every_line_is_a_label(string text, params string[] labels) => Assert.Equal(labels, Labels.Parse(Encoding.UTF8.GetBytes(text)));
}
