using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using TokenFactory.Api.Database;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog;

/// <summary>Exchange rates that somebody wants to add: checked.</summary>
/// <param name="PublishedAt">UTC, whole microseconds.</param>
/// <param name="Rates">Units of a currency for one of the base; at least one.</param>
internal sealed record FxDraft(DateTimeOffset PublishedAt, IReadOnlyDictionary<string, decimal> Rates);

/// <summary>Drafts beside what is known of their instants.</summary>
/// <param name="Added">Of instants that nothing is known of.</param>
/// <param name="Corrected">Of instants of which other rates are known: with those that a draft leaves out, so that a pair of currencies is never half corrected.</param>
/// <param name="Unchanged">The numbers of the publications that say the same.</param>
internal sealed record FxComparison(IReadOnlyList<FxDraft> Added, IReadOnlyList<FxDraft> Corrected, IReadOnlyList<long> Unchanged);

/// <summary>
/// The exchange rates that are recorded, and what is added to them. Nothing is edited: a correction is another publication of the same source,
/// base and instant, and of these the last one recorded counts.
/// </summary>
internal static class FxPublications
{
    // With 12 decimals no more than the 28 digits that are kept exactly.
    private const decimal MaxRate = 1_000_000_000_000m;

    private const string Latest =
        """
        select p.id, p.published_at, r.currency, r.rate
        from (
            select distinct on (published_at) id, published_at from fx_publications
            where source = $1 and base = $2 and published_at between $3 and $4
            order by published_at, id desc) p
        join fx_rates r on r.publication_id = p.id
        """;

    private const string Insert =
        """
        insert into fx_publications (source, base, published_at, recorded_at)
        select $1, $2, u.published_at, $3 from unnest($4::timestamptz[]) with ordinality as u(published_at, place) order by u.place
        returning id, published_at
        """;

    /// <summary>What a number must be to be a rate.</summary>
    public static string Bounds { get; } = $"must be above 0, at most 10^12, with at most {UnitValue.Decimals} decimals";

    /// <summary>Whether a number is within <see cref="Bounds"/>.</summary>
    public static bool IsRate(decimal number) => number is > 0 and <= MaxRate && ExactDecimal.Normalize(number).Scale <= UnitValue.Decimals;

    /// <summary>Sets drafts of one source and base beside the last publication of each instant.</summary>
    /// <param name="context">Inside a change of the catalog, where the answer is to hold.</param>
    /// <param name="source">Who published them.</param>
    /// <param name="baseCurrency">Their base.</param>
    /// <param name="drafts">Each of another instant.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<FxComparison> CompareAsync(
        TokenFactoryContext context, string source, string baseCurrency, IReadOnlyList<FxDraft> drafts, CancellationToken cancellationToken)
    {
        var known = drafts.Count == 0 ? [] : await ReadLatestAsync(
            context, source, baseCurrency, drafts.Min(d => d.PublishedAt), drafts.Max(d => d.PublishedAt), cancellationToken);
        var (added, corrected, unchanged) = (new List<FxDraft>(), new List<FxDraft>(), new List<long>());
        foreach (var draft in drafts)
        {
            if (!known.TryGetValue(draft.PublishedAt, out var publication))
                added.Add(draft);
            else if (Says(publication.Rates, draft))
                unchanged.Add(publication.Id);
            else
                corrected.Add(draft with { Rates = publication.Rates.Concat(draft.Rates).GroupBy(r => r.Key).ToDictionary(g => g.Key, g => g.Last().Value) });
        }

        return new FxComparison(added, corrected, unchanged);
    }

    /// <summary>Records publications of one source and base.</summary>
    /// <param name="context">Inside a change of the catalog, where nobody else adds any.</param>
    /// <param name="source">Who published them.</param>
    /// <param name="baseCurrency">Their base.</param>
    /// <param name="drafts">Each of another instant.</param>
    /// <param name="now">The instant of recording.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Their numbers.</returns>
    public static async Task<IReadOnlyCollection<long>> AddAsync(
        TokenFactoryContext context, string source, string baseCurrency, IReadOnlyList<FxDraft> drafts, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var connection = (NpgsqlConnection)context.Database.GetDbConnection();
        var ids = new Dictionary<DateTimeOffset, long>();
        await using (var insert = new NpgsqlCommand(Insert, connection)
        {
            Parameters =
            {
                new() { Value = source }, new() { Value = baseCurrency }, new() { Value = now },
                new() { Value = drafts.Select(d => d.PublishedAt).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
            },
        })
        await using (var row = await insert.ExecuteReaderAsync(cancellationToken))
        {
            while (await row.ReadAsync(cancellationToken))
                ids.Add(row.GetFieldValue<DateTimeOffset>(1), row.GetInt64(0));
        }

        await using var copy = await connection.BeginBinaryImportAsync("copy fx_rates (publication_id, currency, rate) from stdin (format binary)", cancellationToken);
        foreach (var draft in drafts)
        {
            foreach (var (currency, rate) in draft.Rates)
            {
                await copy.StartRowAsync(cancellationToken);
                await copy.WriteAsync(ids[draft.PublishedAt], NpgsqlDbType.Bigint, cancellationToken);
                await copy.WriteAsync(currency, NpgsqlDbType.Text, cancellationToken);
                await copy.WriteAsync(ExactDecimal.Normalize(rate), NpgsqlDbType.Numeric, cancellationToken);
            }
        }

        await copy.CompleteAsync(cancellationToken);
        return ids.Values;
    }

    // What leaves some of them out says nothing new.
    private static bool Says(Dictionary<string, decimal> known, FxDraft draft) =>
        draft.Rates.All(r => known.TryGetValue(r.Key, out var rate) && rate == r.Value);

    private static async Task<Dictionary<DateTimeOffset, (long Id, Dictionary<string, decimal> Rates)>> ReadLatestAsync(
        TokenFactoryContext context, string source, string baseCurrency, DateTimeOffset first, DateTimeOffset last, CancellationToken cancellationToken)
    {
        await context.Database.OpenConnectionAsync(cancellationToken);
        var known = new Dictionary<DateTimeOffset, (long Id, Dictionary<string, decimal> Rates)>();
        await using var command = new NpgsqlCommand(Latest, (NpgsqlConnection)context.Database.GetDbConnection())
        {
            Parameters = { new() { Value = source }, new() { Value = baseCurrency }, new() { Value = first }, new() { Value = last } },
        };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            var at = row.GetFieldValue<DateTimeOffset>(1);
            if (!known.TryGetValue(at, out var publication))
                known[at] = publication = (row.GetInt64(0), new Dictionary<string, decimal>(StringComparer.Ordinal));
            publication.Rates[row.GetString(2)] = row.GetDecimal(3);
        }

        return known;
    }
}
