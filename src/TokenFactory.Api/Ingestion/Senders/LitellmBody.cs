using System.Buffers;

namespace TokenFactory.Api.Ingestion;

/// <summary>A body as Python's <c>json.dumps</c> writes it.</summary>
internal static class LitellmBody
{
    /// <summary>
    /// The body with null for the numbers that JSON does not have: NaN, Infinity and -Infinity, which Python writes for log probabilities and costs.
    /// Its sender does not send again, so that one of them would lose a whole batch. Texts are left as they are.
    /// </summary>
    public static ReadOnlyMemory<byte> WithoutNonNumbers(ReadOnlyMemory<byte> json)
    {
        var text = json.Span;
        if (text.IndexOf("NaN"u8) < 0 && text.IndexOf("Infinity"u8) < 0)
            return json;
        var written = new ArrayBufferWriter<byte>(text.Length + 64);
        var inText = false;
        var from = 0;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case (byte)'"':
                    inText = !inText;
                    break;
                case (byte)'\\' when inText:
                    i++;
                    break;
                case (byte)'\n':
                    // A JSON text holds no line break: a broken line ends here, with whatever it left open.
                    inText = false;
                    break;
                case (byte)'N' or (byte)'I' or (byte)'-' when !inText && LengthOf(text[i..]) is > 0 and var length:
                    written.Write(text[from..i]);
                    written.Write("null"u8);
                    i += length - 1;
                    from = i + 1;
                    break;
            }
        }

        written.Write(text[from..]);
        return written.WrittenMemory;
    }

    private static int LengthOf(ReadOnlySpan<byte> text) =>
        text.StartsWith("NaN"u8) ? 3 : text.StartsWith("Infinity"u8) ? 8 : text.StartsWith("-Infinity"u8) ? 9 : 0;
}
