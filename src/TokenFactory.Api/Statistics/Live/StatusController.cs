using System.Buffers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Statistics;

/// <summary>What is going on now, once or as it goes on.</summary>
[ApiController]
[Authorize("figures")]
[Tags("Operations")]
internal sealed class StatusController(
    StatusListeners listeners, IAuthorizationService authorization, IOptions<LimitsOptions> limits, IHostApplicationLifetime lifetime, TimeProvider time) : ControllerBase
{
    private const int MaxEvery = 60;
    private const int FramesBetweenHeartbeats = 15;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(3);

    // A comment: to its reader nothing, to whoever stands between a sign of life.
    private static readonly ReadOnlyMemory<byte> Heartbeat = ":\n\n"u8.ToArray();

    /// <summary>What is going on</summary>
    /// <remarks>
    /// Events and tokens per second, Token GDP of today, what waits, of the whole ledger, not a second old. Where nobody has asked just before, the answer takes a
    /// second: a rate is of two readings.
    /// </remarks>
    [HttpGet("v1/status", Name = "GetStatus")]
    [Produces("application/json")]
    [ProducesResponseType<LedgerStatus>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Get(CancellationToken cancellationToken)
    {
        Response.Headers.CacheControl = "no-store";
        await foreach (var frame in listeners.ListenAsync(cancellationToken))
            return frame.Status is { } status ? Ok(status) : throw new StatusUnavailableException(frame.Failure);
        throw new OperationCanceledException(cancellationToken);
    }

    /// <summary>What is going on, as it goes on</summary>
    /// <remarks>
    /// Server-sent events, without an end: each `status` holds what `GET /v1/status` answers. `unavailable` comes instead while the database does not answer; the
    /// stream stays open. All listeners of an instance get the same frames; `id` numbers them, one a second: with `every=1` a gap is what came too fast for the
    /// reader. Lines that begin with a colon say that the connection lives. The stream ends when the service stops, when the key or token that opened it ends, and
    /// after the longest time that a request may take: come again, as `EventSource` does by itself.
    /// </remarks>
    /// <param name="every" example="1">Seconds from one frame to the next, 1 to 60.</param>
    [HttpGet("v1/stream", Name = "GetStatusStream")]
    [Endless]
    [DisableRequestTimeout]
    [DisableHttpMetrics]
    [ProducesResponseType<LedgerStatus>(StatusCodes.Status200OK, "text/event-stream")]
    [ProducesResponseType<ProblemDocument>(StatusCodes.Status422UnprocessableEntity, Problems.ContentType)]
    public async Task<IActionResult> Stream(CancellationToken cancellationToken, [FromQuery] int every = 1)
    {
        if (every is < 1 or > MaxEvery)
            return Problems.Invalid(HttpContext, new FieldError("?every", "out_of_range", $"Must be 1 to {MaxEvery}."));
        Response.ContentType = "text/event-stream";
        Response.Headers.CacheControl = "no-store";
        // A proxy that gathers what it passes on would hold frames back.
        Response.Headers["X-Accel-Buffering"] = "no";
        if (HttpContext.Items.ContainsKey(HostingRegistration.WithoutBody))
            return new EmptyResult();

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        ending.CancelAfter(LongestTime());
        try
        {
            await Response.Body.WriteAsync(Heartbeat, ending.Token);
            await SseFormatter.WriteAsync(EventsAsync(every, ending.Token), Response.Body, (item, writer) => writer.Write(item.Data.Span), ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // It has gone, or has had its time.
        }

        return new EmptyResult();
    }

    // No longer than a request may take, and no longer than a token holds; a key can end at any moment, and is looked at with each frame.
    private TimeSpan LongestTime()
    {
        var most = TimeSpan.FromSeconds(limits.Value.RequestTimeoutSeconds);
        var left = HttpContext.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties?.ExpiresUtc - time.GetUtcNow();
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < most ? left.Value : most;
    }

    // The formatter has written one before it asks for the next: what is written meanwhile stands between the two.
    private async IAsyncEnumerable<SseItem<ReadOnlyMemory<byte>>> EventsAsync(int every, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        StatusFrame? sent = null;
        var signOfLife = 0L;
        await foreach (var frame in listeners.ListenAsync(cancellationToken))
        {
            // While nothing can be told nothing need be asked.
            if (frame.Status is not null && !(await authorization.AuthorizeAsync(User, "still_valid")).Succeeded)
                yield break;
            if (sent is null || sent.Event != frame.Event || frame.Number - sent.Number >= every)
            {
                yield return new SseItem<ReadOnlyMemory<byte>>(frame.Json, frame.Event)
                {
                    EventId = frame.Number.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    ReconnectionInterval = sent is null ? RetryAfter : null,
                };
                (sent, signOfLife) = (frame, frame.Number);
            }
            else if (frame.Number - signOfLife >= FramesBetweenHeartbeats)
            {
                await Response.Body.WriteAsync(Heartbeat, cancellationToken);
                signOfLife = frame.Number;
            }
        }
    }
}

/// <summary>The status could not be read.</summary>
internal sealed class StatusUnavailableException(Exception? failure) : Exception("The status could not be read.", failure);
