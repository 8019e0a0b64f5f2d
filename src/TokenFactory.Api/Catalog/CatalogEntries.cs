using TokenFactory.Api.Catalog.Sectors;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog;

/// <summary>A producer as the hot path sees it.</summary>
internal sealed record ProducerEntry(int Id, string Slug);

/// <summary>A source as the hot path sees it.</summary>
/// <param name="Id">The source's id.</param>
/// <param name="Slug">The name under which events know it.</param>
/// <param name="Signal">The OpenTelemetry signal that its usage is taken from; null: none has come yet.</param>
/// <param name="SignalSince">When that was changed from the other; null: never.</param>
internal sealed record SourceEntry(long Id, string Slug, SourceSignal? Signal, DateTimeOffset? SignalSince);

/// <summary>An account as the hot path sees it.</summary>
/// <param name="Id">The account's id.</param>
/// <param name="Slug">The name under which events know it.</param>
/// <param name="BuyerId">The producer that the account itself is; 0: none.</param>
/// <param name="Sectors">In the order of their dates; each holds until the next.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Plan">The plan that it is on; null: not known.</param>
internal sealed record AccountEntry(
    long Id, string Slug, int BuyerId, IReadOnlyList<(DateTimeOffset From, Sector Sector)> Sectors, string Name, string? Plan)
{
    /// <summary>What sector rules see of it, made when it is first needed.</summary>
    public SectorFacts Facts => field ??= SectorFacts.Of(Slug, Name, Plan);

    /// <summary>The sector at an instant; null while none is known.</summary>
    public Sector? SectorAt(DateTimeOffset instant)
    {
        for (var i = Sectors.Count - 1; i >= 0; i--)
        {
            if (Sectors[i].From <= instant)
                return Sectors[i].Sector;
        }

        return null;
    }
}

/// <summary>A model as the hot path sees it, with its items by token class and tier.</summary>
internal sealed class ModelEntry(int id, int producerId, string slug)
{
    private static readonly int Tiers = Enum.GetValues<ServiceTier>().Length;
    private static readonly int Slots = Enum.GetValues<TokenClass>().Length * Tiers;

    private readonly int[] _itemIds = new int[Slots];

    public int Id { get; } = id;

    public int ProducerId { get; } = producerId;

    public string Slug { get; } = slug;

    /// <summary>The item's id; 0 while it is not registered.</summary>
    public int ItemId(TokenClass tokenClass, ServiceTier tier) => Volatile.Read(ref _itemIds[Slot(tokenClass, tier)]);

    /// <summary>Items are only ever added: whoever sees one early sees the truth.</summary>
    internal void AddItem(TokenClass tokenClass, ServiceTier tier, int itemId) => Volatile.Write(ref _itemIds[Slot(tokenClass, tier)], itemId);

    private static int Slot(TokenClass tokenClass, ServiceTier tier) => (((int)tokenClass - 1) * Tiers) + (int)tier - 1;
}
