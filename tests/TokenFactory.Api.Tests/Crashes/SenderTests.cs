using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using TokenFactory.Crashes;

namespace TokenFactory.Api.Tests.Crashes;

/// <summary>A service that breaks its word must be told by those who send to it.</summary>
public sealed class SenderTests
{
    private const int Requests = 200;

    [Fact]
    public async Task Who_takes_two_contents_under_one_id_is_told() =>
        (await SendToAsync(new Liar { TakesEverything = true })).Findings.Should().Contain(f => f.Kind == FindingKind.WronglyAccepted);

    [Fact]
    public async Task Who_says_something_else_the_second_time_is_told() =>
        (await SendToAsync(new Liar { TakesEverything = true })).Findings.Should().Contain(f => f.Kind == FindingKind.Altered);

    [Fact]
    public async Task A_503_that_does_not_say_when_to_come_again_is_told() =>
        (await SendToAsync(new Liar { TakesEverything = true, IsAwayFirst = true })).Findings.Should().Contain(f => f.Kind == FindingKind.WrongAnswer);

    [Fact]
    public async Task A_failure_is_told() =>
        (await SendToAsync(new Liar { TakesEverything = false })).Findings.Should().OnlyContain(f => f.Kind == FindingKind.WrongAnswer || f.Kind == FindingKind.WronglyAccepted)
            .And.Contain(f => f.Kind == FindingKind.WrongAnswer);

    private static async Task<Book> SendToAsync(Liar liar)
    {
        using var client = new HttpClient(liar) { BaseAddress = new Uri("http://liar/") };
        var book = new Book();
        var sender = new Sender(book, [() => client], 7, 0, "plant-1");
        for (var i = 0; i < Requests; i++)
            await sender.SendOneAsync(TestContext.Current.CancellationToken);
        return book;
    }

    // In the service's place: says that it has taken everything, each time in another batch, or that it has failed.
    private sealed class Liar : HttpMessageHandler
    {
        private int _batches;

        public bool TakesEverything { get; init; }

        public bool IsAwayFirst { get; init; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var batch = Interlocked.Increment(ref _batches);
            if (!TakesEverything)
                return new HttpResponseMessage(HttpStatusCode.InternalServerError) { Content = JsonContent.Create(new { code = "internal" }) };
            if (IsAwayFirst && batch == 1)
                return new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { Content = JsonContent.Create(new { code = "busy" }) };
            var body = await request.Content!.ReadAsStringAsync(cancellationToken);
            var receipt = string.Create(CultureInfo.InvariantCulture, $$"""{"status":"accepted","recorded_at":"2026-11-01T00:00:00Z","batch_id":{{batch}}}""");
            if (!request.RequestUri!.Query.Contains("receipts", StringComparison.Ordinal))
                return new HttpResponseMessage(HttpStatusCode.Created) { Content = new StringContent(receipt, Encoding.UTF8, "application/json") };
            var events = body.Split("\"source\"").Length - 1;
            var answer = $$"""{"items":[{{string.Join(',', Enumerable.Repeat(receipt, events))}}]}""";
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(answer, Encoding.UTF8, "application/json") };
        }
    }
}
