using System.IO.Compression;
using System.Text;

namespace TokenFactory.Fuzz;

/// <summary>A body that some sender could send, before it is spoilt.</summary>
/// <param name="Path">Where it goes, with its query.</param>
/// <param name="ContentType">As it should be.</param>
/// <param name="Body">Well-formed; <c>%ID%</c> stands for an id of its own.</param>
internal sealed record FuzzSpecimen(string Path, string ContentType, byte[] Body);

/// <summary>One request of a fuzzing run: a specimen, spoilt in a way that follows from seed and number alone.</summary>
internal sealed class FuzzShot
{
    private static readonly string[] Types =
    [
        "application/json", "application/x-ndjson", "application/cloudevents+json", "application/cloudevents-batch+json", "application/x-protobuf",
        "text/csv", "text/plain", "application/json; charset=utf-16", "multipart/form-data", "",
    ];

    private static readonly string[] Morsels =
    [
        "null", "true", "{}", "[]", "\"\"", "-1", "0", "1e400", "-0", "1.5", "99999999999999999999999", "0x10", "NaN", "\\u0000", "\\ud800", "\"\\ud83d\"", "\0",
        "\u2028", "\uFEFF", "~reversal/x", "~", "%00", "'; drop table ledger_entry; --", "{\"a\":", "}", "]", ",", ":", "\n", "\r\n\r\n", "\"source\":\"fuzz\"", "\"id\":\"\"",
        "9223372036854775807", "9223372036854775808", "1000000000000000", "2026-13-45T99:99:99Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "\"USD\"", "=1+1",
        "{\"usage\":{\"input\":1}}", "\"unclassified\"", "prompt_tokens", "total_tokens", "\u00e9", "\uD83D\uDE00",
    ];

    private readonly Random _random;
    private byte[] _body;

    private FuzzShot(Random random, byte[] body) => (_random, _body) = (random, body);

    public string Path { get; private set; } = "";

    public string ContentType { get; private set; } = "";

    public string? ContentEncoding { get; private set; }

    public IReadOnlyDictionary<string, string> Headers { get; private set; } = new Dictionary<string, string>();

    public ReadOnlyMemory<byte> Body => _body;

    /// <param name="seed">Of the run.</param>
    /// <param name="number">Of the request in it, from 0.</param>
    /// <param name="specimens">What is spoilt.</param>
    public static FuzzShot Make(long seed, long number, IReadOnlyList<FuzzSpecimen> specimens)
    {
        var random = new Random(unchecked((int)Mix((ulong)seed ^ Mix((ulong)number))));
        var specimen = specimens[random.Next(specimens.Count)];
        var id = $"f-{seed:x}-{number:x}";
        var shot = new FuzzShot(random, Named(specimen.Body, id)) { Path = specimen.Path, ContentType = specimen.ContentType };
        // One in eight comes as it should: what is sound must go on being taken between what is not.
        for (var changes = random.Next(8) == 0 ? 0 : random.Next(1, 5); changes > 0; changes--)
            shot.Spoil(specimens);
        shot.Dress();
        return shot;
    }

    private void Spoil(IReadOnlyList<FuzzSpecimen> specimens)
    {
        switch (_random.Next(12))
        {
            case 0:
                for (var i = _random.Next(1, 9); i > 0 && _body.Length > 0; i--)
                    _body[_random.Next(_body.Length)] ^= (byte)(1 << _random.Next(8));
                break;
            case 1:
                _body = _body[.._random.Next(_body.Length + 1)];
                break;
            case 2:
                Replace(Range(64), []);
                break;
            case 3:
                var repeated = Range(256);
                var piece = _body[repeated];
                Replace(repeated, [.. Enumerable.Repeat(piece, _random.Next(2, 40)).SelectMany(p => p)]);
                break;
            case 4:
                Replace(Range(0), Noise(_random.Next(1, 64)));
                break;
            case 5 or 6 or 7:
                Replace(Range(_random.Next(12)), Encoding.UTF8.GetBytes(Morsels[_random.Next(Morsels.Length)]));
                break;
            case 8:
                ReplaceNumber();
                break;
            case 9:
                var other = specimens[_random.Next(specimens.Count)].Body;
                Replace(Range(_body.Length), other[.._random.Next(other.Length + 1)]);
                break;
            case 10:
                var depth = _random.Next(1, 5_000);
                Replace(Range(0), Encoding.ASCII.GetBytes(new string(_random.Next(2) == 0 ? '[' : '{', depth)));
                break;
            default:
                _body = Noise(_random.Next(2_000));
                break;
        }
    }

    private void Dress()
    {
        if (_random.Next(16) == 0)
            ContentType = Types[_random.Next(Types.Length)];
        switch (_random.Next(24))
        {
            case 0:
                ContentEncoding = "gzip";
                break;
            case 1 or 2:
                ContentEncoding = "gzip";
                _body = Packed(_body);
                break;
            case 3:
                ContentEncoding = "gzip";
                var packed = Packed(_body);
                _body = packed[..Math.Max(0, packed.Length - _random.Next(1, 12))];
                break;
            case 4:
                ContentEncoding = "br";
                break;
        }

        if (_random.Next(16) == 0)
        {
            Headers = new Dictionary<string, string>
            {
                ["ce-specversion"] = _random.Next(4) == 0 ? "0.3" : "1.0",
                ["ce-type"] = _random.Next(4) == 0 ? "other" : "tokenfactory.usage.v1",
                ["ce-source"] = _random.Next(4) == 0 ? "%00" : "fuzz",
                ["ce-id"] = $"ce-{_random.Next()}",
                ["ce-time"] = _random.Next(4) == 0 ? "yesterday" : "2026-10-05T10:00:00Z",
            };
        }
    }

    private void ReplaceNumber()
    {
        var digits = Enumerable.Range(0, _body.Length).Where(i => char.IsAsciiDigit((char)_body[i]) && (i == 0 || !char.IsAsciiDigit((char)_body[i - 1]))).ToList();
        if (digits.Count == 0)
            return;
        var start = digits[_random.Next(digits.Count)];
        var end = start;
        while (end < _body.Length && char.IsAsciiDigit((char)_body[end]))
            end++;
        string[] numbers = ["0", "1", "-1", $"{_random.NextInt64(long.MaxValue)}", $"{_random.Next(100_000)}", "1.5", "1e3", "99999999999999999999", $"\"{_random.Next(1_000)}\""];
        Replace(start..end, Encoding.ASCII.GetBytes(numbers[_random.Next(numbers.Length)]));
    }

    private Range Range(int maxLength)
    {
        var start = _random.Next(_body.Length + 1);
        return start..(start + _random.Next(Math.Min(maxLength, _body.Length - start) + 1));
    }

    private void Replace(Range range, byte[] by)
    {
        var (start, length) = range.GetOffsetAndLength(_body.Length);
        _body = [.. _body.AsSpan(0, start), .. by, .. _body.AsSpan(start + length)];
    }

    private byte[] Noise(int length)
    {
        var noise = new byte[length];
        _random.NextBytes(noise);
        return noise;
    }

    private static byte[] Packed(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(body);
        return packed.ToArray();
    }

    private static byte[] Named(byte[] body, string id)
    {
        ReadOnlySpan<byte> mark = "%ID%"u8;
        var named = new List<byte>(body.Length + 64);
        var rest = body.AsSpan();
        for (var number = 0; rest.IndexOf(mark) is >= 0 and var at; number++)
        {
            named.AddRange(rest[..at]);
            named.AddRange(Encoding.ASCII.GetBytes($"{id}-{number}"));
            rest = rest[(at + mark.Length)..];
        }

        named.AddRange(rest);
        return [.. named];
    }

    // SplitMix64: neighbouring numbers give unrelated shots, on every machine the same.
    private static ulong Mix(ulong value)
    {
        unchecked
        {
            value += 0x9E3779B97F4A7C15;
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
            return value ^ (value >> 31);
        }
    }
}
