using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog;

/// <summary>Whom tokens were for.</summary>
internal sealed class Account
{
    public long Id { get; set; }
    public required string Slug { get; set; }
    public required string Name { get; set; }

    /// <summary>The producer that the account itself is: what it buys is intermediate consumption.</summary>
    public int? ProducerId { get; set; }

    /// <summary>The plan that it is on: a fact for sector rules. Null: not known.</summary>
    public string? Plan { get; set; }

    /// <summary>Registered by an event that named it, not by an operator.</summary>
    public bool RegisteredOnSight { get; set; }
    public List<AccountSector> Sectors { get; set; } = [];
}

/// <summary>The sector that an account belongs to from an instant on, until the next row of the same account.</summary>
internal sealed class AccountSector
{
    public long AccountId { get; set; }
    public DateTimeOffset EffectiveFrom { get; set; }
    public Sector Sector { get; set; }
}
