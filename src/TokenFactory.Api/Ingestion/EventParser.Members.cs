using System.Text;
using System.Text.Json;

namespace TokenFactory.Api.Ingestion;

/// <summary>The members of an event, and which an object of each kind may and must have.</summary>
internal sealed partial class EventParser
{
    // One bit per member of the event object: which were seen.
    [Flags]
    private enum Members
    {
        None = 0,
        Source = 1,
        Id = 1 << 1,
        OccurredAt = 1 << 2,
        Producer = 1 << 3,
        Model = 1 << 4,
        Account = 1 << 5,
        Sector = 1 << 6,
        ServiceTier = 1 << 7,
        Usage = 1 << 8,
        UnitValues = 1 << 9,
        Currency = 1 << 10,
        ReportedCost = 1 << 11,
        Region = 1 << 12,
        Provider = 1 << 13,
        Flavor = 1 << 14,
        Response = 1 << 15,
    }

    // In the order in which they are missed.
    private static readonly (Members Member, string Name)[] MayBeRequired =
    [
        (Members.Source, "source"), (Members.Id, "id"), (Members.OccurredAt, "occurred_at"), (Members.Producer, "producer"), (Members.Model, "model"),
        (Members.Usage, "usage"), (Members.Provider, "provider"), (Members.Response, "response"),
    ];

    /// <summary>What an object may and must have.</summary>
    /// <param name="Noun">What it is called.</param>
    /// <param name="Required">Must be there, and not null.</param>
    /// <param name="Taken">May be there.</param>
    /// <param name="MayLieAhead">Whether it may occur in the future.</param>
    private sealed record Form(string Noun, Members Required, Members Taken, bool MayLieAhead)
    {
        private const Members Native = Members.Source | Members.Id | Members.OccurredAt | Members.Producer | Members.Model | Members.Account | Members.Sector
            | Members.ServiceTier | Members.Region | Members.Usage | Members.UnitValues | Members.Currency | Members.ReportedCost;

        public static readonly Form Recorded = new("An event",
            Members.Source | Members.Id | Members.OccurredAt | Members.Producer | Members.Model | Members.Usage, Native, MayLieAhead: false);

        /// <summary>An event in an envelope, that says where it comes from and when it occurred.</summary>
        public static readonly Form Enveloped = Recorded with { Required = Members.Producer | Members.Model | Members.Usage };

        public static readonly Form Quoted = new("An event", Members.Producer | Members.Model | Members.Usage, Native, MayLieAhead: true);

        public static readonly Form Raw = new("A raw usage", Members.Provider | Members.Response,
            Members.Source | Members.Id | Members.OccurredAt | Members.Provider | Members.Flavor | Members.Model | Members.Account | Members.Sector
            | Members.ServiceTier | Members.Region | Members.Response, MayLieAhead: true);

        /// <summary>A raw usage that is recorded: when it occurred is checked later, where the response may say it.</summary>
        public static readonly Form RawRecorded = Raw with { Required = Raw.Required | Members.Source, Taken = Raw.Taken | Members.ReportedCost };

        /// <summary>The same where the request says whose it is.</summary>
        public static readonly Form RawOfSource = RawRecorded with { Required = Raw.Required };
    }

    // By its length first: of most names only one is compared.
    private static Members MemberOf(ref Utf8JsonReader reader) => reader.ValueIsEscaped ? MemberOf(Encoding.UTF8.GetBytes(reader.GetString()!)) : MemberOf(reader.ValueSpan);

    private static Members MemberOf(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 when name.SequenceEqual("id"u8) => Members.Id,
        5 when name.SequenceEqual("model"u8) => Members.Model,
        5 when name.SequenceEqual("usage"u8) => Members.Usage,
        6 when name.SequenceEqual("source"u8) => Members.Source,
        6 when name.SequenceEqual("sector"u8) => Members.Sector,
        6 when name.SequenceEqual("region"u8) => Members.Region,
        6 when name.SequenceEqual("flavor"u8) => Members.Flavor,
        7 when name.SequenceEqual("account"u8) => Members.Account,
        8 when name.SequenceEqual("producer"u8) => Members.Producer,
        8 when name.SequenceEqual("currency"u8) => Members.Currency,
        8 when name.SequenceEqual("provider"u8) => Members.Provider,
        8 when name.SequenceEqual("response"u8) => Members.Response,
        11 when name.SequenceEqual("occurred_at"u8) => Members.OccurredAt,
        11 when name.SequenceEqual("unit_values"u8) => Members.UnitValues,
        12 when name.SequenceEqual("service_tier"u8) => Members.ServiceTier,
        13 when name.SequenceEqual("reported_cost"u8) => Members.ReportedCost,
        _ => Members.None,
    };

    private static string PointerOf(Members member) => member switch
    {
        Members.Source => "/source",
        Members.Id => "/id",
        Members.OccurredAt => "/occurred_at",
        Members.Producer => "/producer",
        Members.Model => "/model",
        Members.Account => "/account",
        Members.Sector => "/sector",
        Members.ServiceTier => "/service_tier",
        Members.Usage => "/usage",
        Members.UnitValues => "/unit_values",
        Members.Currency => "/currency",
        Members.ReportedCost => "/reported_cost",
        Members.Region => "/region",
        Members.Provider => "/provider",
        Members.Flavor => "/flavor",
        Members.Response => "/response",
        _ => throw new ArgumentOutOfRangeException(nameof(member), member, "Not one member."),
    };
}
