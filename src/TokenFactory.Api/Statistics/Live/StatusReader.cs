using Npgsql;
using TokenFactory.Api.RollUp;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>One moment of the ledger: its counters, and the figures of today.</summary>
internal sealed record StatusReading(FigureContext Context, Pulse Pulse, GdpRow? Today, long Held);

/// <summary>Reads a moment of the ledger in one snapshot, today's output by what <c>GET /v1/gdp</c> is made with. For one reader at a time.</summary>
internal sealed class StatusReader(NpgsqlDataSource dataSource, GdpFigures gdp, TimeProvider time)
{
    // What was held back is counted again when that has cost no more than a hundredth of the time since.
    private const int CountingShare = 100;
    private static readonly TimeSpan ShortestMemory = TimeSpan.FromSeconds(1);

    private long _held;
    private long _heldAt;
    private TimeSpan _heldFor = TimeSpan.Zero;

    public async Task<StatusReading> ReadAsync(CancellationToken cancellationToken)
    {
        await using var snapshot = await RollUpSnapshot.OpenAsync(dataSource, asOf: null, cancellationToken);
        var day = new DateTimeOffset(snapshot.Context.AsOf, TimeOnly.MinValue, TimeSpan.Zero);
        var today = await gdp.AnswerAsync(
            snapshot, new FigureRequest { Frequency = Frequency.Day, Start = day, End = day.AddDays(1) }, new GdpSpecification(), cancellationToken);
        var pulse = await Pulse.ReadAsync(snapshot.Connection, snapshot.Moment.PendingSince, cancellationToken);
        return new StatusReading(snapshot.Context, pulse, today.Rows is [var row] ? row : null, await HeldAsync(snapshot.Connection, pulse, cancellationToken));
    }

    private async Task<long> HeldAsync(NpgsqlConnection connection, Pulse pulse, CancellationToken cancellationToken)
    {
        if (pulse.Quarantined == 0)
            return 0;
        var begun = time.GetTimestamp();
        if (_heldAt != 0 && time.GetElapsedTime(_heldAt, begun) < _heldFor)
            return _held;
        _held = await Pulse.CountHeldAsync(connection, cancellationToken);
        _heldAt = time.GetTimestamp();
        var cost = time.GetElapsedTime(begun, _heldAt) * CountingShare;
        _heldFor = cost > ShortestMemory ? cost : ShortestMemory;
        return _held;
    }
}
