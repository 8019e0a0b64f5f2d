using TokenFactory.Api.Tests.Infrastructure;
using TokenFactory.Fuzz;

namespace TokenFactory.Api.Tests.Ingestion;

/// <summary>
/// Whatever bytes come in: a success or a problem that says why, never a fault, and never a lost or half-recorded batch. A short run, the same every
/// time; the benchmarks have the long one.
/// </summary>
public sealed class FuzzTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private const long Seed = 20_261_125;
    private const long Count = 5_000;

    [Fact]
    public async Task No_body_at_any_entrance_breaks_a_promise()
    {
        foreach (var source in (string[])[FuzzRun.Source, FuzzRun.SpanSource])
            await fixture.Api.CreateAsync("/v1/sources", new { id = source });
        var run = new FuzzRun(fixture.Api.Client, Seed, source =>
            fixture.Database.ScalarAsync<long>(FuzzRun.AcceptedSql.Replace("$1", $"'{source}'", StringComparison.Ordinal)));

        var faults = await run.SendAsync(0, Count, TestContext.Current.CancellationToken);

        string.Join('\n', faults).Should().BeEmpty();
        run.Statuses.Values.Sum().Should().Be(Count);
        run.Statuses.Should().ContainKeys(200, 201, 202, 207, 400, 415, 422);
        var books = await fixture.Api.GetAsync("/v1/reconciliation?full=true");
        books.GetProperty("balanced").GetBoolean().Should().BeTrue(books.ToString());
    }

    [Fact]
    public void The_same_seed_makes_the_same_bodies()
    {
        for (var number = 0; number < 200; number++)
        {
            var first = FuzzShot.Make(Seed, number, FuzzSpecimens.All);
            var second = FuzzShot.Make(Seed, number, FuzzSpecimens.All);

            second.Body.ToArray().Should().Equal(first.Body.ToArray());
            (second.Path, second.ContentType, second.ContentEncoding).Should().Be((first.Path, first.ContentType, first.ContentEncoding));
        }
    }
}
