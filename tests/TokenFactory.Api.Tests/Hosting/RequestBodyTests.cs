using System.IO.Pipelines;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Tests.Hosting;

public sealed class RequestBodyTests
{
    private const int Limit = 100_000;

    /// <summary>Sizes about the first buffer's and about the limit, in pieces as a network brings them.</summary>
    public static TheoryData<int, int> Sizes()
    {
        var sizes = new TheoryData<int, int>();
        foreach (var size in (int[])[0, 1, 250, 16_383, 16_384, 16_385, 32_768, 50_000, Limit])
        {
            foreach (var piece in (int[])[1_000, 16_384, 70_000])
                sizes.Add(size, piece);
        }

        return sizes;
    }

    [Theory, MemberData(nameof(Sizes))]
    public async Task A_body_is_read_whole_in_whatever_pieces_it_comes(int size, int piece)
    {
        var bytes = Bytes(size);

        (await ReadAsync(bytes, piece)).ToArray().Should().Equal(bytes);
    }

    [Fact]
    public async Task Bodies_that_are_read_at_once_do_not_share_what_they_are_read_into()
    {
        var bodies = Enumerable.Range(1, 200).Select(i => Enumerable.Repeat((byte)i, 300).ToArray()).ToList();

        var read = await Task.WhenAll(bodies.Select(body => ReadAsync(body, 100)));

        read.Select(r => r.ToArray()).Should().BeEquivalentTo(bodies, o => o.WithStrictOrdering());
    }

    [Theory]
    [InlineData(Limit + 1)]
    [InlineData(3 * Limit)]
    public async Task A_body_beyond_the_limit_is_refused(int size)
    {
        var read = () => ReadAsync(Bytes(size), 10_000);

        (await read.Should().ThrowAsync<BodyRefusedException>()).Which.Status.Should().Be(413);
    }

    [Fact]
    public async Task A_limit_below_the_first_buffer_holds_too()
    {
        var read = () => RequestBody.ReadWholeAsync(new MemoryStream(Bytes(1_025)), 1_024, "", CancellationToken.None);

        (await read.Should().ThrowAsync<BodyRefusedException>()).Which.Status.Should().Be(413);
    }

    private static byte[] Bytes(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(byte[] bytes, int piece)
    {
        // As large as need be: who is refused reads no more.
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var reading = RequestBody.ReadWholeAsync(pipe.Reader.AsStream(), Limit, "", CancellationToken.None);
        for (var at = 0; at < bytes.Length; at += piece)
            await pipe.Writer.WriteAsync(bytes.AsMemory(at, Math.Min(piece, bytes.Length - at)));
        await pipe.Writer.CompleteAsync();
        return await reading;
    }
}
