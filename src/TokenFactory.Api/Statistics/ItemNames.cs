using Npgsql;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Statistics;

/// <summary>What items are called.</summary>
internal sealed class ItemNames
{
    private readonly Dictionary<int, string[]> _names = [];

    /// <summary>Reads the names of the items of a panel.</summary>
    public static async Task<ItemNames> ReadAsync(NpgsqlConnection connection, IEnumerable<int> itemIds, CancellationToken cancellationToken)
    {
        var names = new ItemNames();
        await using var command = new NpgsqlCommand(
            """
            select i.id, p.slug, m.slug, i.token_class, i.service_tier
            from items i join models m on m.id = i.model_id join producers p on p.id = i.producer_id
            where i.id = any ($1)
            """, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = itemIds.Distinct().ToArray() });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            names._names.Add(row.GetInt32(0), [row.GetString(1), row.GetString(2), ((TokenClass)row.GetInt16(3)).Name(), ((ServiceTier)row.GetInt16(4)).Name()]);
        return names;
    }

    /// <summary>The name of an item's producer, model, token class or service tier.</summary>
    public string Of(int itemId, Dimension dimension) => _names[itemId][dimension - Dimension.Producer];
}
