using TokenFactory.Api.Catalog;
using TokenFactory.Api.Catalog.Sectors;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Ledger;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;
using TokenFactory.Economics.Usage;

namespace TokenFactory.Api.Ingestion;

/// <summary>What an event's names stand for in one catalog.</summary>
/// <param name="Catalog">The catalog.</param>
/// <param name="Producer">Null: it knows none of this name.</param>
/// <param name="Model">Likewise, of the producer.</param>
/// <param name="Account">Null: the event names none, or one that it does not know.</param>
internal sealed record EventNames(CatalogSnapshot Catalog, ProducerEntry? Producer, NamedModel<ModelEntry>? Model, AccountEntry? Account)
{
    public static EventNames Of(UsageEvent sent, CatalogSnapshot catalog)
    {
        var producer = catalog.FindProducer(sent.Producer);
        return new EventNames(
            catalog, producer, producer is null ? null : catalog.FindModel(producer, sent.Model), sent.Account is { } account ? catalog.FindAccount(account) : null);
    }
}

/// <summary>Resolves an event's names in one catalog snapshot and values it at its own time. Pure: no look-up leaves memory.</summary>
internal static class EventRater
{
    public static readonly FieldError UnknownProducer = new("/producer", "unknown_producer",
        "No producer has this id or alias. Register it at POST /v1/producers, or add the name as an alias of one.");

    public static readonly FieldError Unregistered = new("/model", "unregistered_name",
        "A name of the event's was removed from the catalog each time that it was registered. Nothing of the event is recorded: send it again.");

    public static readonly FieldError Late = new("", "late_reading",
        "The counter was read later than this already: what it had grown by is counted, and this reading adds nothing.");

    public static readonly FieldError Fallen = new("/data_point", "counter_fell",
        "The counter shows less than before since the same start: two processes count under one name, or one has begun anew without another start time. "
        + "Give each process a service.instance.id of its own, and its start time.");

    public static readonly FieldError BeganBefore = new("/data_point", "began_before_switch",
        "The counter began before the source's usage was taken from metrics: spans may have told what it shows. It counts from this reading on; "
        + "a process that is started after the change counts from its beginning.");

    /// <summary>Why an event of an OpenTelemetry signal does not count: its source's usage is taken from the other. Null: it does.</summary>
    public static FieldError? RefusedSignal(UsageEvent sent, CatalogSnapshot catalog) =>
        sent.Signal is { } signal && catalog.FindSource(sent.Source)?.Signal is { } taken && taken != signal
            ? new FieldError("/source", "other_signal", $"The source's usage is taken from its {WireJson.NameOf(taken)}; the same told by {WireJson.NameOf(signal)} "
                + $"too would count twice. To change which: PATCH /v1/sources/{{id}} {{\"signal\": \"{WireJson.NameOf(signal)}\"}}, or send the other under a source of its own.")
            : null;

    /// <summary>Whether a valid reading moves its counter: it counts, or its tokens are told by spans. What is held back does not.</summary>
    public static bool MovesCounter(IngestItem item, CatalogSnapshot catalog) =>
        RefusedSignal(item.Sent, catalog) is not null || (item.Quarantine is null && catalog.FindProducer(item.Sent.Producer) is not null);

    /// <summary>
    /// Notes what the catalog does not know yet of a valid event; an unknown producer or source is left for <see cref="Rate"/> to refuse. What it knows
    /// in full the item keeps: it need not be looked up again.
    /// </summary>
    public static void NoteUnknown(IngestItem item, CatalogSnapshot catalog, CatalogAdditions additions)
    {
        var sent = item.Sent;
        item.Names = null;
        // What is refused leaves no name behind.
        if (RefusedSignal(sent, catalog) is not null)
            return;
        var names = EventNames.Of(sent, catalog);
        if (sent.Account is { } account && names.Account is null)
            additions.Accounts.Add(account);
        if (names.Producer is not { } producer)
            additions.Producers.Add(sent.Producer);
        else if (names.Model is not { } named)
            additions.Models.Add((producer.Id, ModelNameRules.Own(sent.Model).Name));
        else if (NoteItems(sent, named, additions) && (sent.Account is null || names.Account is not null))
            item.Names = names;
    }

    /// <summary>Whether the catalog knows all that <see cref="Rate"/> needs of a valid event.</summary>
    public static bool IsKnown(UsageEvent sent, CatalogSnapshot catalog)
    {
        if (RefusedSignal(sent, catalog) is not null)
            return true;
        var names = EventNames.Of(sent, catalog);
        if (sent.Account is not null && names.Account is null)
            return false;
        // An unknown producer is refused by name, not missing.
        return names.Producer is null || (names.Model is { } named && NoteItems(sent, named, null));
    }

    // True where every item is known.
    private static bool NoteItems(UsageEvent sent, NamedModel<ModelEntry> named, CatalogAdditions? additions)
    {
        var tier = named.Terms.TierOf(sent.ServiceTier);
        var areKnown = true;
        foreach (ref readonly var line in sent.Usage.AsSpan())
        {
            if (named.Model.ItemId(line.TokenClass, tier) != 0)
                continue;
            areKnown = false;
            additions?.Items.Add((named.Model.Id, line.TokenClass, tier));
        }

        return areKnown;
    }

    /// <summary>
    /// The event as the ledger takes it. Where a name of it is not registered it has no lines, and can only be the repetition of an event that
    /// was recorded while the name was known.
    /// </summary>
    /// <param name="item">A valid event; receives the names that it was resolved to, or why it can't be recorded anew.</param>
    /// <param name="catalog">Knows the event's model, items and account (<see cref="IsKnown"/>), or could not be brought to.</param>
    /// <param name="reportingCurrency">The currency of the ledger.</param>
    public static LedgerEvent Rate(IngestItem item, CatalogSnapshot catalog, string reportingCurrency)
    {
        var sent = item.Sent;
        var refusedSignal = RefusedSignal(sent, catalog);
        var isReadable = item.Quarantine is null && refusedSignal is null;
        // Of what can't be read the producer is told, where it is known; its other names may be none.
        var names = !isReadable ? new EventNames(catalog, catalog.FindProducer(sent.Producer), null, null)
            : item.Names is { } known && known.Catalog == catalog ? known
            : EventNames.Of(sent, catalog);
        var (producer, named, account) = (names.Producer, names.Model, names.Account);
        var (model, terms) = (named?.Model, named?.Terms ?? default);
        var tier = item.ServiceTier = terms.TierOf(sent.ServiceTier);
        // It takes nothing from the events beside it.
        var isUnregistered = producer is not null && isReadable
            && (model is null || (sent.Account is not null && account is null) || Array.Exists(sent.Usage, line => model.ItemId(line.TokenClass, tier) == 0));
        if (isUnregistered)
            model = null;
        item.Producer = producer?.Slug;
        item.Model = model?.Slug;
        // What was sent once, in a shape that its sender does not make, is not sent better a second time: it is held back until the name is known.
        if (producer is null && sent.Reported is not null)
            item.Quarantine ??= new FieldError("/provider", UnknownProducer.Code, UnknownProducer.Detail);
        if (isUnregistered && sent.Reported is not null)
            item.Quarantine ??= Unregistered;
        item.IfNew = refusedSignal ?? (sent.Reported is null && producer is null ? UnknownProducer
            : sent.Reported is null && isUnregistered ? Unregistered
            : item.CounterRefusal);
        var sector = item.Sector = SectorOf(sent, account, catalog.SectorRules);
        item.Lines = model is null ? [] : Value(sent, terms, catalog.Rates.ScheduleOf(model, tier), account, sector.Sector, reportingCurrency);
        return new LedgerEvent
        {
            EventId = sent.Id,
            Fingerprint = EventFingerprint.Of(sent),
            OccurredAt = sent.OccurredAt,
            AccountId = account?.Id,
            BuyerId = account?.BuyerId ?? 0,
            Region = terms.RegionOf(sent.Region),
            UsageProfile = sent.UsageProfile,
            SentModel = model is null || model.Slug == sent.Model ? null : sent.Model,
            ReportedAmount = sent.ReportedAmount,
            ReportedCurrency = sent.ReportedCurrency,
            Quarantine = QuarantineOf(item),
            Move = item.Move,
            IfNew = item.IfNew is { } refusal ? item.ToRefusal(refusal) : null,
            Lines = Array.ConvertAll(item.Lines, line => LedgerLine.Of(line, ItemOf(line.TokenClass, tier, model!), sector, catalog.Exchange, reportingCurrency, sent.OccurredAt)),
        };
    }

    /// <summary>
    /// The sector that an event counts for, and why: its own, else its account's at the time, else what its sender is tagged with, else what a
    /// rule says, else none. An account that is not known yet would be registered under its id alone, and is seen so by the rules.
    /// </summary>
    public static SectorDecision SectorOf(UsageEvent sent, AccountEntry? account, SectorRuleBook rules) => rules.Decide(new SectorEvidence(
        sent.Sector, account, sent.Account, sent.SectorTag, sent.Plan, sent.OccurredAt));

    private static QuarantinedUsage? QuarantineOf(IngestItem item) => item is { Quarantine: { } reason, Sent: var sent }
        ? new QuarantinedUsage(sent.Reported!.Shape, reason.Code, $"{reason.Pointer}: {reason.Detail}", Present(sent.Producer), Present(sent.Model),
            sent.OccurredAt == default ? null : sent.OccurredAt, sent.Reported.ToBytes())
        : null;

    private static string? Present(string name) => name.Length > 0 ? name : null;

    /// <summary>An event at its own time's prices.</summary>
    /// <param name="sent">A valid event.</param>
    /// <param name="terms">What its model's name says of the price, and of the region.</param>
    /// <param name="schedule">What may price its model.</param>
    /// <param name="account">The account that it names; null: none, or one that is not known yet.</param>
    /// <param name="sector">What it counts for: <see cref="SectorOf"/>.</param>
    /// <param name="reportingCurrency">The currency of what is free.</param>
    public static RatedLine[] Value(UsageEvent sent, ModelTerms terms, RateSchedule schedule, AccountEntry? account, Sector sector, string reportingCurrency) =>
        EventRating.Rate(terms.IsFree ? Free(sent.Usage, reportingCurrency) : sent.Usage, schedule, sent.OccurredAt, account?.Id, sector, terms.RegionOf(sent.Region),
            requests: UsageProfiles.RequestsOf(sent.UsageProfile));

    // The name says that the price is zero, as the event could; where the event says another price, it knows better.
    private static UsageLine[] Free(UsageLine[] usage, string currency) =>
        [.. usage.Select(line => line with { Declared = line.Declared ?? new DeclaredValue(UnitValue.PerMillionTokens(0), currency) })];

    private static int ItemOf(TokenClass tokenClass, ServiceTier tier, ModelEntry model) => model.ItemId(tokenClass, tier) is > 0 and var id
        ? id
        : throw new InvalidOperationException("An item was to be registered on sight.");
}
