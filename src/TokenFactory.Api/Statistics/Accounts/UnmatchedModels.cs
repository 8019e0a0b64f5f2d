using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Database;

namespace TokenFactory.Api.Statistics;

/// <summary>A model that events named first, and that nobody has confirmed.</summary>
public sealed record UnmatchedModel
{
    /// <summary>The model's number.</summary>
    /// <example>42</example>
    public required int Id { get; init; }

    /// <example>openai</example>
    public required string Producer { get; init; }

    /// <summary>The name under which it is published: as events name it.</summary>
    /// <example>gpt-4o-2024-08-06</example>
    public required string Model { get; init; }

    /// <summary>So many ledger entries are of it, corrections too.</summary>
    /// <example>120</example>
    public required long Entries { get; init; }

    /// <summary>Tokens of it, net of what was reversed.</summary>
    /// <example>1840000</example>
    public required string Quantity { get; init; }

    /// <summary>
    /// The model of this producer that the name would stand for, without its prefix, date or suffix, had it not been registered itself before that one was
    /// known; null: none is known.
    /// </summary>
    /// <example>gpt-4o</example>
    public required string? Suggestion { get; init; }
}

/// <summary>Reads which models nobody has confirmed.</summary>
internal sealed class UnmatchedModels(NpgsqlDataSource dataSource, IDbContextFactory<TokenFactoryContext> contexts)
{
    /// <param name="producerId">Only this producer's; null: every one's.</param>
    /// <param name="after">Only models with a larger number.</param>
    /// <param name="limit">The most rows.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<List<UnmatchedModel>> ReadAsync(int? producerId, long after, int limit, CancellationToken cancellationToken)
    {
        var rows = await ReadRowsAsync(producerId, after, limit, cancellationToken);
        var producers = rows.Select(r => r.ProducerId).Distinct().ToList();
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var tables = ModelNaming.TablesOf(await context.Set<Model>().AsNoTracking().Include(m => m.Aliases)
            .Where(m => producers.Contains(m.ProducerId)).ToListAsync(cancellationToken));
        return rows.ConvertAll(r => r.Row with { Suggestion = tables.GetValueOrDefault(r.ProducerId)?.Suggest(r.Row.Model, m => m.Id != r.Row.Id)?.Slug });
    }

    private async Task<List<(int ProducerId, UnmatchedModel Row)>> ReadRowsAsync(int? producerId, long after, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Sql.Read("Statistics/unmatched_models.sql"));
        command.Parameters.Add(new NpgsqlParameter { Value = producerId ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<(int ProducerId, UnmatchedModel Row)>();
        while (await row.ReadAsync(cancellationToken))
        {
            rows.Add((row.GetInt32(1), new UnmatchedModel
            {
                Id = row.GetInt32(0),
                Producer = row.GetString(2),
                Model = row.GetString(3),
                Entries = row.GetInt64(4),
                Quantity = row.GetString(5),
                Suggestion = null,
            }));
        }

        return rows;
    }
}
