using System.Text.Json.Serialization;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog.Import;

/// <summary>What an import of a price catalogue did, or would do. rows_read = rows_repeated + the rows of every card + rows_refused.</summary>
public sealed record ImportReport
{
    /// <example>genai-prices</example>
    public required string Format { get; init; }
    public required string Source { get; init; }
    public required DateTimeOffset ObservedAt { get; init; }
    public required bool DryRun { get; init; }

    /// <summary>Prices of the file: one with two tiers is three.</summary>
    public required int RowsRead { get; init; }

    /// <summary>Said a second time in the file, and the same.</summary>
    public required int RowsRepeated { get; init; }

    /// <summary>In cards: those that are added, unchanged or ended.</summary>
    public required int RowsTaken { get; init; }

    /// <summary>Not understood, or not to be placed; each is in a row of `refused`.</summary>
    public required int RowsRefused { get; init; }
    public required int CardsAdded { get; init; }
    public required int CardsUnchanged { get; init; }

    /// <summary>Cards that end where an added one begins.</summary>
    public required int CardsSuperseded { get; init; }

    /// <summary>Cards that end with nothing after them.</summary>
    public required int CardsEnded { get; init; }
    public required int ProducersAdded { get; init; }
    public required int ModelsAdded { get; init; }

    /// <summary>The difference: what is added or ended, and what was in force before.</summary>
    public required IReadOnlyList<ImportChange> Changes { get; init; }

    /// <summary>What is not taken, and why.</summary>
    public required IReadOnlyList<ImportRefusal> Refused { get; init; }

    /// <summary>Open cards of this source that the catalogue does not have any more. They are left as they are.</summary>
    public required IReadOnlyList<MissingCard> Missing { get; init; }
}

/// <summary>A card that an import adds or ends.</summary>
public sealed record ImportChange
{
    /// <summary><c>added</c> or <c>ended</c>.</summary>
    /// <example>added</example>
    public required string Change { get; init; }
    public required string Producer { get; init; }
    public required string Model { get; init; }
    public required ServiceTier ServiceTier { get; init; }

    /// <summary>Of an added card: when it begins. An open card that was in force until then ends here.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? EffectiveFrom { get; init; }
    public DateTimeOffset? EffectiveTo { get; init; }

    /// <summary>Whether its beginning is assumed, by `assume_start`.</summary>
    public required bool Assumed { get; init; }

    /// <summary>Its place in the file.</summary>
    public required string Where { get; init; }

    /// <summary>The card that was in force there, or that is ended; null: there was none.</summary>
    public long? Before { get; init; }

    /// <summary>What that card said, by token class; money per million tokens without conditions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, decimal>? UnitValuesBefore { get; init; }

    /// <summary>What it says now.</summary>
    public required IReadOnlyDictionary<string, decimal> UnitValues { get; init; }

    /// <summary>
    /// What the card before had and this one has not: token classes, and `context_tiers`, `month_tiers`, `windows`, `package_tokens`,
    /// `minimum_charge`, `markup`.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Lost { get; init; }
}

/// <summary>A price that an import does not take.</summary>
public sealed record ImportRefusal
{
    /// <summary>Its place in the file: a JSON Pointer, or a line.</summary>
    public required string Where { get; init; }

    /// <example>not_a_token_price</example>
    public required string Code { get; init; }
    public required string Detail { get; init; }

    /// <summary>Rows of the file; 0 where they are counted with a card that was made of them for another time.</summary>
    public required int Rows { get; init; }
}

/// <summary>A card whose price is in a catalogue no more.</summary>
public sealed record MissingCard
{
    public required long Id { get; init; }
    public required string Producer { get; init; }
    public required int ModelId { get; init; }
    public required ServiceTier ServiceTier { get; init; }
}

/// <summary>Puts a report together.</summary>
internal sealed class ImportReportWriter
{
    private readonly CatalogueFormat _format;
    private readonly ImportedPrices _prices;
    private readonly ImportRequest _request;
    private readonly ImportNames _names;
    private readonly List<ImportChange> _changes = [];
    private readonly List<ImportRefusal> _refused;
    private readonly HashSet<long> _seen = [];
    private readonly HashSet<ImportedCard> _taken = new(ReferenceEqualityComparer.Instance);
    private int _unchanged;

    public ImportReportWriter(CatalogueFormat format, ImportedPrices prices, ImportRequest request, ImportNames names)
    {
        (_format, _prices, _request, _names) = (format, prices, request, names);
        _refused = [.. prices.Refused.Select(r => new ImportRefusal { Where = r.Where, Code = r.Code, Detail = r.Detail, Rows = 1 })];
        foreach (var card in names.Nameless)
            Refuse(card, RefusalCodes.InvalidName, "The producer's name can be no id: give it as an alias to a registered producer, and import again.");
    }

    public void Refuse(ImportedCard card, string code, string detail) =>
        _refused.Add(new ImportRefusal { Where = card.Where, Code = code, Detail = detail, Rows = card.Rows });

    public void Add(ImportStep step, Model model, RateCardRow? other)
    {
        if (other is not null)
            _seen.Add(other.Id);
        switch (step.Outcome)
        {
            case ImportOutcome.Refused:
                // Of a card that is placed elsewhere the rows are counted there.
                _refused.Add(new ImportRefusal
                {
                    Where = step.Card.Card.Where, Code = step.Code!, Detail = step.Detail!, Rows = _taken.Contains(step.Card.Card) ? 0 : step.Card.Card.Rows,
                });
                return;
            case ImportOutcome.Unchanged:
                _unchanged++;
                break;
            default:
                _changes.Add(ChangeOf(step, model, other));
                break;
        }

        _taken.Add(step.Card.Card);
    }

    /// <param name="known">The cards of the producers, as they were.</param>
    /// <param name="producers">The producers that the catalogue has.</param>
    public ImportReport ToReport(List<RateCardRow> known, IReadOnlyCollection<int> producers)
    {
        var scopes = _names.Cards.Select(c => ((int?)c.Model.Id, c.Card.ServiceTier)).ToHashSet();
        return new ImportReport
        {
            Format = _format.Name(),
            Source = _request.Source,
            ObservedAt = _request.ObservedAt,
            DryRun = _request.IsDryRun,
            RowsRead = _prices.RowsRead,
            RowsRepeated = _prices.RowsRepeated,
            RowsTaken = _taken.Sum(c => c.Rows),
            RowsRefused = _refused.Sum(r => r.Rows),
            CardsAdded = _changes.Count(c => c.Change == "added"),
            CardsUnchanged = _unchanged,
            CardsSuperseded = _changes.Count(c => c is { Change: "added", Before: not null }),
            CardsEnded = _changes.Count(c => c.Change == "ended"),
            ProducersAdded = _names.ProducersAdded,
            ModelsAdded = _names.ModelsAdded,
            Changes = _changes,
            Refused = _refused,
            Missing = [.. known.Where(c => producers.Contains(c.ProducerId) && _request.IsOwn(c)
                    && RateCardVersions.EndOf(c) is null && !scopes.Contains((c.ModelId, c.ServiceTier)))
                .Select(c => new MissingCard { Id = c.Id, Producer = _names.Producers[c.ProducerId], ModelId = c.ModelId!.Value, ServiceTier = c.ServiceTier })],
        };
    }

    private ImportChange ChangeOf(ImportStep step, Model model, RateCardRow? other) => new()
    {
        Change = step.Outcome == ImportOutcome.Added ? "added" : "ended",
        Producer = _names.Producers[model.ProducerId],
        Model = model.Slug,
        ServiceTier = step.Card.Card.ServiceTier,
        EffectiveFrom = step.From,
        EffectiveTo = step.To,
        Assumed = step.IsAssumed,
        Where = step.Card.Card.Where,
        Before = other?.Id,
        UnitValuesBefore = other?.Rates.Where(r => r.UnitValue is not null).OrderBy(r => r.TokenClass).ToDictionary(r => r.TokenClass.Name(), r => r.UnitValue!.Value),
        UnitValues = step.Card.Card.Rates.ToDictionary(r => r.TokenClass.Name(), r => r.UnitValue),
        Lost = step.Outcome == ImportOutcome.Added && other is not null && LostBy(other, step.Card.Card.Rates) is { Count: > 0 } lost ? lost : null,
    };

    private static List<string> LostBy(RateCardRow before, IReadOnlyList<RateTerms> after)
    {
        var lost = before.Rates.Where(r => r.UnitValue is not null && !after.Any(a => a.TokenClass == r.TokenClass)).OrderBy(r => r.TokenClass)
            .Select(r => r.TokenClass.Name()).ToList();
        var terms = before.Rates.Where(r => r.Terms is not null).Select(r => RateTermsReader.Read(r.Terms!)).ToList();
        foreach (var (name, has) in (ReadOnlySpan<(string, Func<RateTerms, bool>)>)
        [
            ("context_tiers", t => t.ContextTiers?.Count > 0), ("month_tiers", t => t.MonthTiers is not null),
            ("windows", t => t.Windows?.Count > 0), ("package_tokens", t => t.PackageTokens > 1),
        ])
        {
            if (terms.Exists(t => has(t)) && !after.Any(has))
                lost.Add(name);
        }

        if (before.MinimumCharge is not null)
            lost.Add("minimum_charge");
        if (before.MarkupPercent is not null)
            lost.Add("markup");
        return lost;
    }
}
