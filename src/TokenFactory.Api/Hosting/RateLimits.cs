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
    /// <summary>Marks an endpoint that is not counted: a probe or a scrape that is turned away would tell of a service that is down.</summary>
    public static readonly object Probe = new ProbeMark();

    public const string Header = "RateLimit";
    public const string PolicyHeader = "RateLimit-Policy";
    private const int MaxCallers = 10_000;

    private readonly LimitsOptions _limits = configured.Value;
    private readonly TimeSpan _window = TimeSpan.FromSeconds(configured.Value.WindowSeconds);
    private readonly long _start = time.GetTimestamp();
    private readonly ConcurrentDictionary<(string Kind, string Name), Caller> _keys = [];
    private readonly ConcurrentDictionary<(string Kind, string Name), Caller> _addresses = [];
    private readonly Crowd _bodies = new(configured.Value.MaxConcurrentBodies, "requests with a body may be under way at once");
    private readonly Crowd _streams = new(configured.Value.MaxConcurrentStreams, "streams may be open at once");

    public async Task ApplyAsync(HttpContext context, RequestDelegate next)
    {
        if (IsProbe(context))
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

        var isEndless = context.GetEndpoint()?.Metadata.GetMetadata<EndlessAttribute>() is not null;
        var hasBody = context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true };
        await (isEndless ? UnderWayAsync(context, _streams, caller.Streams, next)
            : hasBody ? UnderWayAsync(context, _bodies, caller.Bodies, next)
            : next(context));
    }

    /// <summary>
    /// Takes a request off the address before its key is looked up: whoever guesses keys is stopped by that, and not behind it. Where nothing is
    /// left the key is not looked up, and the request is answered 429.
    /// </summary>
    public bool TryCharge(HttpContext context)
    {
        var address = AddressOf(context);
        var isTaken = address.Requests.TrySpend(Now(), out var wait);
        context.Features.Set(new Charge(address, wait));
        return isTaken;
    }

    /// <summary>Gives back what was taken: the key is valid, and has an allowance of its own.</summary>
    public static void Return(HttpContext context)
    {
        if (context.Features.Get<Charge>() is not { Wait: 0 } charge)
            return;
        charge.Address.Requests.Return();
        context.Features.Set<Charge>(null);
    }

    /// <summary>Whether the request is for an endpoint that is marked as a <see cref="Probe"/>: no path is one because of how it begins.</summary>
    public static bool IsProbe(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<ProbeMark>() is not null;

    /// <summary>Counts events of a request, when it is known how many they are.</summary>
    public static void CountEvents(HttpContext context, int events)
    {
        if (context.Features.Get<Caller>() is { Events: { } allowance } caller)
            allowance.Spend(events, caller.Limits.Now());
    }

    private Task? Refusal(HttpContext context, Caller caller)
    {
        var now = Now();
        // A key that was looked up and is not valid has paid for it.
        var charge = context.Features.Get<Charge>();
        var wait = charge?.Wait ?? 0;
        if (wait > 0 || (charge is null && !caller.Requests.TrySpend(now, out wait)))
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

    private static async Task UnderWayAsync(HttpContext context, Crowd all, Crowd mine, RequestDelegate next)
    {
        try
        {
            if (!all.TryEnter())
            {
                await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "too_busy", "Too much is under way.", 0,
                    $"{all.Max} {all.Of} in this instance. Nothing of this request was recorded.");
            }
            else if (!mine.TryEnter())
            {
                mine.Leave();
                await RefuseAsync(context, StatusCodes.Status429TooManyRequests, "too_many_at_once", "Too many requests are under way.", 0,
                    $"{mine.Max} {mine.Of}. Nothing of this request was recorded.");
            }
            else
            {
                try
                {
                    await next(context);
                }
                finally
                {
                    mine.Leave();
                }
            }
        }
        finally
        {
            all.Leave();
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
            // A person's subject may read like a key's id.
            var key = (context.User.Identity.AuthenticationType ?? "", context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? context.User.Identity.Name ?? "");
            return _keys.TryGetValue(key, out var known) ? known : Add(_keys, key, Keyed());
        }

        return AddressOf(context);
    }

    private Caller AddressOf(HttpContext context)
    {
        var address = ("", NetworkOf(context.Connection.RemoteIpAddress));
        return _addresses.TryGetValue(address, out var caller) ? caller : Add(_addresses, address, Unkeyed());
    }

    // Whoever has all that he may have is not remembered. Callers beyond the bound share one allowance.
    private Caller Add(ConcurrentDictionary<(string Kind, string Name), Caller> callers, (string Kind, string Name) name, Caller caller)
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

        return callers.GetOrAdd(callers.Count >= MaxCallers ? ("", "") : name, caller);
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

    private sealed class ProbeMark;

    /// <summary>What was asked of an address before a key of the request was looked up.</summary>
    /// <param name="Address">The address.</param>
    /// <param name="Wait">How long until something is left; zero: it was taken.</param>
    private sealed record Charge(Caller Address, long Wait);

    /// <summary>What one caller has left.</summary>
    internal sealed class Caller(RateLimits limits, Allowance requests, Allowance? events, string policy)
    {
        /// <summary>Requests with a body that are under way.</summary>
        public Crowd Bodies { get; } = new(limits._limits.MaxConcurrentBodiesPerKey, "requests with a body of one key may be under way at once");

        /// <summary>Streams that are open.</summary>
        public Crowd Streams { get; } = new(limits._limits.MaxConcurrentStreamsPerKey, "streams of one key, or of one address without a key, may be open at once");

        public RateLimits Limits => limits;

        public Allowance Requests => requests;

        /// <summary>Null: without a key nobody sends events.</summary>
        public Allowance? Events => events;

        /// <summary>As the header tells it.</summary>
        public string Policy => policy;

        public bool IsIdleAt(long now) => Bodies.IsEmpty && Streams.IsEmpty && requests.WholeInAt(now) == 0 && (events?.WholeInAt(now) ?? 0) == 0;
    }

    /// <summary>What is under way at once, up to a most.</summary>
    /// <param name="max">The most.</param>
    /// <param name="of">What of, as a refusal tells it.</param>
    internal sealed class Crowd(int max, string of)
    {
        private int _count;

        public int Max => max;

        public string Of => of;

        public bool IsEmpty => Volatile.Read(ref _count) == 0;

        /// <summary>Counts one more, whether there is room or not: each is followed by <see cref="Leave"/>.</summary>
        public bool TryEnter() => Interlocked.Increment(ref _count) <= max;

        public void Leave() => Interlocked.Decrement(ref _count);
    }
}
