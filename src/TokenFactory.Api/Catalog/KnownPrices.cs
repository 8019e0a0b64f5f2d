using Npgsql;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Api.Catalog;

/// <summary>Prices and exchange rates, as they were known at one moment.</summary>
internal sealed record KnownPrices(RateBook Rates, ExchangeRates Exchange)
{
    /// <summary>No prices at all.</summary>
    public static KnownPrices None { get; } = new(RateBook.Empty, ExchangeRates.None);

    /// <summary>What was recorded until an instant: without what was learnt later, and with what was withdrawn later.</summary>
    public static async Task<KnownPrices> ReadAsync(NpgsqlDataSource dataSource, DateTimeOffset knownAt, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        return new KnownPrices(
            await RateBookReader.ReadAsync(connection, knownAt, cancellationToken),
            await RateBookReader.ReadExchangeAsync(connection, knownAt, cancellationToken));
    }
}
