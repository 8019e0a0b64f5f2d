using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace TokenFactory.Api.Hosting;

/// <summary>
/// How much one caller may ask for: requests and events per window, bodies at once. A caller is a key, or an address that presents no valid one.
/// Each instance counts for itself. Every answer of the API tells what is left (draft-ietf-httpapi-ratelimit-headers).
/// </summary>
internal sealed class RateLimits(IOptions<LimitsOptions> configured, TimeProvider time)
{
    public const string Header = "RateLimit";
    public const string PolicyHeader = "RateLimit-Policy";
    private const int MaxCallers = 10_000;

    private readonly LimitsOptions _limits = configured.Value;
    private readonly TimeSpan _window = TimeSpan.FromSeconds(configured.Value.WindowSeconds);
    private readonly long _start = time.GetTimestamp();
    private readonly ConcurrentDictionary<string, Caller> _keys = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Caller> _addresses = new(StringComparer.Ordinal);
    private int _bodies;

    public async Task ApplyAsync(HttpContext context, RequestDelegate next)
    {
        if (IsProbe(context.Request.Path))
        {
            await next(context);
            return;
        }

        var caller = CallerOf(context);
        context.Features.Set(caller);
        context.Response.OnStarting(static state =>
        {
            var (limits, http) = ((RateLimits, HttpContext))state;
            limits.Tell(http);
            return Task.CompletedTask;
        }, (this, context));
        if (Refusal(context, caller) is { } refusal)
        {
            await refusal;
            return;
        }

        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true })
        {
            await next(context);
            return;
        }

        await WithBodyAsync(context, caller, next);
    }

    /// <summary>Counts events of a request, when it is known how many they are.</summary>
    public static void CountEvents(HttpContext context, int events)
    {
        if (context.Features.Get<Caller>() is { Events: { } allowance } caller)
            allowance.Spend(events, caller.Limits.Now());
    }

    private Task? Refusal(HttpContext context, Caller caller)
    {
        var now = Now();
        if (!caller.Requests.TrySpend(now, out var wait))
        {
            return RefuseAsync(context, StatusCodes.Status429TooManyRequests, "too_many_requests", "There were too many requests.", wait,
                caller.Events is null
                    ? $"Without a valid key {caller.Requests.Units} requests per {_limits.WindowSeconds} s are taken from one address."
                    : $"{caller.Requests.Units} requests per {_limits.WindowSeconds} s are taken from one key. Send more events in one request.");
        }

        return caller.Events is { } events && TakesEvents(context) && events.WaitAt(now) is > 0 and var pause
            ? RefuseAsync(context, StatusCodes.Status429TooManyRequests, "too_many_events", "There were too many events.", pause,
                $"{events.Units} events per {_limits.WindowSeconds} s are taken from one key, and those of the last bodies are not paid off yet. Nothing of this request was recorded.")
            : null;
    }

    private async Task WithBodyAsync(HttpContext context, Caller caller, RequestDelegate next)
    {
        try
        {
            if (Interlocked.Increment(ref _bodies) > _limits.MaxConcurrentBodies)
            {
                await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "too_busy", "Too much is under way.", 0,
                    $"{_limits.MaxConcurrentBodies} requests with a body may be under way at once in this instance. Nothing of this request was recorded.");
            }
            else if (Interlocked.Increment(ref caller.Bodies) > _limits.MaxConcurrentBodiesPerKey)
            {
                Interlocked.Decrement(ref caller.Bodies);
                await RefuseAsync(context, StatusCodes.Status429TooManyRequests, "too_many_at_once", "Too many requests are under way.", 0,
                    $"{_limits.MaxConcurrentBodiesPerKey} requests with a body of one key may be under way at once. Nothing of this request was recorded.");
            }
            else
            {
                try
                {
                    await next(context);
                }
                finally
                {
                    Interlocked.Decrement(ref caller.Bodies);
                }
            }
        }
        finally
        {
            Interlocked.Decrement(ref _bodies);
        }
    }

    private static Task RefuseAsync(HttpContext context, int status, string code, string title, long waitNanoseconds, string detail)
    {
        context.Response.Headers.RetryAfter = Math.Max(1, Seconds(waitNanoseconds)).ToString(CultureInfo.InvariantCulture);
        return Problems.WriteAsync(context, status, code, title, $"{detail} Send it again after the time in Retry-After.");
    }

    private void Tell(HttpContext context)
    {
        if (context.Features.Get<Caller>() is not { } caller)
            return;
        var now = Now();
        var headers = context.Response.Headers;
        headers[PolicyHeader] = caller.Policy;
        var requests = $"\"requests\";r={caller.Requests.LeftAt(now)};t={Seconds(caller.Requests.WholeInAt(now))}";
        headers[Header] = caller.Events is { } events
            ? $"{requests}, \"events\";r={events.LeftAt(now)};t={Seconds(events.WholeInAt(now))}"
            : requests;
    }

    private Caller CallerOf(HttpContext context)
    {
        if (context.User.Identity is { IsAuthenticated: true })
        {
            var key = context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? context.User.Identity.Name ?? "";
            return _keys.TryGetValue(key, out var known) ? known : Add(_keys, key, Keyed());
        }

        var address = NetworkOf(context.Connection.RemoteIpAddress);
        return _addresses.TryGetValue(address, out var caller) ? caller : Add(_addresses, address, Unkeyed());
    }

    // Whoever has all that he may have is not remembered. Callers beyond the bound share one allowance.
    private Caller Add(ConcurrentDictionary<string, Caller> callers, string name, Caller caller)
    {
        if (callers.Count >= MaxCallers)
        {
            var now = Now();
            foreach (var (other, idle) in callers)
            {
                if (idle.IsIdleAt(now))
                    callers.TryRemove(other, out _);
            }
        }

        return callers.GetOrAdd(callers.Count >= MaxCallers ? "" : name, caller);
    }

    private Caller Keyed() => new(this, new Allowance(_limits.MaxRequests, _window), new Allowance(_limits.MaxEvents, _window),
        $"\"requests\";q={_limits.MaxRequests};w={_limits.WindowSeconds}, \"events\";q={_limits.MaxEvents};w={_limits.WindowSeconds}");

    private Caller Unkeyed() => new(this, new Allowance(_limits.MaxRequestsWithoutKey, _window), null,
        $"\"requests\";q={_limits.MaxRequestsWithoutKey};w={_limits.WindowSeconds}");

    private long Now() => time.GetElapsedTime(_start).Ticks * TimeSpan.NanosecondsPerTick;

    private static long Seconds(long nanoseconds) => (nanoseconds + 999_999_999) / 1_000_000_000;

    // Whoever has one IPv6 address has the 2^64 of its network.
    private static string NetworkOf(IPAddress? address)
    {
        if (address is null)
            return "";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6 && !IPAddress.IsLoopback(address)
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : address.ToString();
    }

    // The operations that need the scope ingest are those that bring events.
    private static bool TakesEvents(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>()?.Policy == "ingest";

    // A probe or a scrape that is turned away would tell of a service that is down.
    private static bool IsProbe(PathString path) =>
        path.StartsWithSegments("/health", StringComparison.Ordinal) || path.StartsWithSegments("/metrics", StringComparison.Ordinal);

    /// <summary>What one caller has left.</summary>
    internal sealed class Caller(RateLimits limits, Allowance requests, Allowance? events, string policy)
    {
        /// <summary>Requests with a body that are under way.</summary>
        public int Bodies;

        public RateLimits Limits => limits;

        public Allowance Requests => requests;

        /// <summary>Null: without a key nobody sends events.</summary>
        public Allowance? Events => events;

        /// <summary>As the header tells it.</summary>
        public string Policy => policy;

        public bool IsIdleAt(long now) => Volatile.Read(ref Bodies) == 0 && requests.WholeInAt(now) == 0 && (events?.WholeInAt(now) ?? 0) == 0;
    }
}
