using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TokenFactory.Api.Database;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Api.Catalog;

/// <summary>A rate card that somebody wants to add: checked, with the names looked up that must be known already.</summary>
internal sealed class RateCardDraft
{
    private const int MaxReferenceLength = 1_000;
    private const int MaxPercent = 10_000;

    /// <summary>As it will be stored, but for the model and the time of recording.</summary>
    public required RateCardRow Row { get; init; }

    /// <summary>The model's name as it was given; with a star the row has it as its pattern.</summary>
    public required string Model { get; init; }

    /// <summary>Whose model is marked up, and its name; null: none.</summary>
    public (int ProducerId, string Model)? Markup { get; init; }

    /// <summary>Checks a request.</summary>
    /// <param name="context">For names that must be known: producers and accounts.</param>
    /// <param name="request">What was sent.</param>
    /// <param name="errors">Receives every violation.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The draft; null when there are violations.</returns>
    public static async Task<RateCardDraft?> ReadAsync(
        TokenFactoryContext context, NewRateCard request, List<FieldError> errors, CancellationToken cancellationToken)
    {
        var row = Check(request, errors);
        var producer = await ProducerNames.FindAsync(context, "/producer", request.Producer, errors, cancellationToken);
        var marked = request.Markup is { } markup ? await ProducerNames.FindAsync(context, "/markup/producer", markup.Producer, errors, cancellationToken) : null;
        var account = request.Account is { } name && CatalogNames.IsName(name)
            ? await context.Set<Account>().AsNoTracking().SingleOrDefaultAsync(a => a.Slug == name, cancellationToken)
            : null;
        if (request.Account is not null && account is null)
            errors.Add(new FieldError("/account", "unknown_account", "No account has this id. Register it at POST /v1/accounts."));
        if (errors.Count > 0)
            return null;
        row.ProducerId = producer!.Id;
        row.AccountId = account?.Id;
        return new RateCardDraft { Row = row, Model = request.Model, Markup = marked is null ? null : (marked.Id, request.Markup!.Model) };
    }

    /// <summary>Checks all of a request that needs no look-up.</summary>
    /// <returns>The row as it will be stored, but for what is looked up; of no use where there are violations.</returns>
    public static RateCardRow Check(NewRateCard request, List<FieldError> errors)
    {
        CheckScope(request, errors);
        var rates = RatesOf(request, errors);
        CheckKind(request, rates, errors);
        return new RateCardRow
        {
            Kind = request.Kind,
            ModelPattern = ModelPattern.IsPattern(request.Model) ? request.Model : null,
            ServiceTier = request.ServiceTier,
            Sector = request.Sector,
            Region = request.Region,
            Currency = request.Currency,
            EffectiveFrom = request.EffectiveFrom.ToUniversalTime(),
            EffectiveTo = request.EffectiveTo?.ToUniversalTime(),
            Fallbacks = FallbacksOf(request, errors),
            MinimumCharge = request.MinimumCharge,
            MarkupPercent = request.Markup?.Percent,
            Source = request.Provenance?.Source,
            ObservedAt = request.Provenance?.ObservedAt?.ToUniversalTime(),
            Confidence = request.Provenance?.Confidence,
            ApprovedBy = request.Provenance?.ApprovedBy,
            Rates = rates,
        };
    }

    private static void CheckScope(NewRateCard request, List<FieldError> errors)
    {
        CatalogNames.CheckName("/model", request.Model, errors);
        CatalogNames.CheckName("/account", request.Account, errors);
        CatalogNames.CheckName("/region", request.Region, errors);
        if (request is { Account: not null, Sector: not null })
            errors.Add(new FieldError("/sector", "not_together", "A card is for an account or for a sector, not for both."));
        if (!Currency.IsKnown(request.Currency))
            errors.Add(new FieldError("/currency", "invalid_currency", "Must be the ISO 4217 code of a currency, in capitals, such as \"USD\"."));
        if (request.EffectiveTo <= request.EffectiveFrom)
            errors.Add(new FieldError("/effective_to", "out_of_range", "Must lie after `effective_from`."));
        if (request.MinimumCharge is { } minimum && (minimum is <= 0 or > UnitValue.Maximum || ExactDecimal.Normalize(minimum).Scale > UnitValue.Decimals))
            errors.Add(new FieldError("/minimum_charge", "out_of_range", $"Must be above 0, at most {UnitValue.Maximum}, with at most {UnitValue.Decimals} decimals."));
        if (request.Provenance is not { } provenance)
            return;
        CheckText("/provenance/source", provenance.Source, errors);
        CatalogNames.CheckName("/provenance/approved_by", provenance.ApprovedBy, errors);
    }

    /// <summary>A sentence that somebody may read: lines and tabs are all right.</summary>
    public static void CheckText(string pointer, string? text, List<FieldError> errors)
    {
        if (text is not null && (text.Length is 0 or > MaxReferenceLength || text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'))))
            errors.Add(new FieldError(pointer, "invalid_text", $"Must have 1 to {MaxReferenceLength} characters, without control characters."));
    }

    private static List<RateRow> RatesOf(NewRateCard request, List<FieldError> errors)
    {
        if (request.Markup is { } markup)
            return MarkedUpRates(request, markup, errors);
        var (plain, terms) = (request.UnitValues ?? new Dictionary<string, decimal>(), request.Rates ?? []);
        if (plain.Count == 0 && terms.Count == 0)
            errors.Add(new FieldError(request.Rates is null ? "/unit_values" : "/rates", "empty", "Must price at least one token class."));
        if (CatalogNames.CheckLength("/unit_values", plain.Count, errors) || CatalogNames.CheckLength("/rates", terms.Count, errors))
            return [];
        var rates = new List<RateRow>();
        foreach (var (name, value) in plain)
        {
            var pointer = $"/unit_values/{BindingProblems.Escape(name)}";
            RateTermsReader.CheckUnitValue(pointer, value, errors);
            if (ClassOf(pointer, name, errors) is { } tokenClass)
                rates.Add(new RateRow { TokenClass = tokenClass, UnitValue = ExactDecimal.Normalize(value) });
        }

        for (var i = 0; i < terms.Count; i++)
        {
            if (terms[i] is not { } rate)
            {
                errors.Add(new FieldError($"/rates/{i}", "required", "Must be an object with a token class and a unit value."));
                continue;
            }

            RateTermsReader.Check($"/rates/{i}", rate, errors);
            if (rates.Exists(r => r.TokenClass == rate.TokenClass))
                errors.Add(new FieldError($"/rates/{i}/token_class", "repeated", "The card has a price of this token class already."));
            rates.Add(new RateRow
            {
                TokenClass = rate.TokenClass,
                UnitValue = ExactDecimal.Normalize(rate.UnitValue),
                Terms = RateTermsReader.IsPlain(rate) ? null : RateTermsReader.Text(rate),
            });
        }

        return rates;
    }

    // Entries pin a rate of the card that they were valued by: a marked-up card has one for every class, without a price of its own.
    private static List<RateRow> MarkedUpRates(NewRateCard request, MarkupTerms markup, List<FieldError> errors)
    {
        if (request.UnitValues is not null || request.Rates is not null || request.Fallbacks is not null || request.MinimumCharge is not null)
            errors.Add(new FieldError("/markup", "not_together", "A marked-up card takes prices, fallbacks and currency from what it marks up; leave `unit_values`, `rates`, `fallbacks` and `minimum_charge` out."));
        if (markup.Percent is <= -100 or > MaxPercent || ExactDecimal.Normalize(markup.Percent).Scale > 6)
            errors.Add(new FieldError("/markup/percent", "out_of_range", $"Must be above -100, at most {MaxPercent}, with at most 6 decimals."));
        CatalogNames.CheckName("/markup/model", markup.Model, errors);
        if (ModelPattern.IsPattern(markup.Model))
            errors.Add(new FieldError("/markup/model", "pattern", "Must be the name of one model."));
        return [.. Enum.GetValues<TokenClass>().Select(c => new RateRow { TokenClass = c })];
    }

    private static string? FallbacksOf(NewRateCard request, List<FieldError> errors)
    {
        if (request.Fallbacks is not { Count: > 0 } fallbacks || CatalogNames.CheckLength("/fallbacks", fallbacks.Count, errors))
            return null;
        var known = new Dictionary<TokenClass, TokenClass>();
        foreach (var (from, to) in fallbacks)
        {
            var pointer = $"/fallbacks/{BindingProblems.Escape(from)}";
            if (ClassOf(pointer, from, errors) is { } without && ClassOf(pointer, to, errors) is { } with)
                known[without] = with;
        }

        if (RateCard.FindCircle(known) is { } circle)
            errors.Add(new FieldError($"/fallbacks/{circle.Name()}", "circle", "The fallback leads back to the class itself."));
        return JsonSerializer.Serialize(fallbacks, WireJson.Options);
    }

    // Costs are set against whole days of output: what a margin is made of must hold for every token of the day.
    private static void CheckKind(NewRateCard request, List<RateRow> rates, List<FieldError> errors)
    {
        if (request.Kind != RateCardKind.Cost)
            return;
        if (request is not { Account: null, Sector: null, Region: null, Markup: null, MinimumCharge: null, Fallbacks: null } || rates.Exists(r => r.Terms is not null)
            || ModelPattern.IsPattern(request.Model))
        {
            errors.Add(new FieldError("/kind", "not_together", "A cost is plain: of one model and tier, by token class, without account, sector, region, markup, minimum, fallbacks and conditions."));
        }

        foreach (var (name, instant) in (ReadOnlySpan<(string, DateTimeOffset?)>)[("effective_from", request.EffectiveFrom), ("effective_to", request.EffectiveTo)])
        {
            if (instant is { } at && at.UtcTicks % TimeSpan.TicksPerDay != 0)
                errors.Add(new FieldError($"/{name}", "not_midnight", "A cost begins and ends at midnight UTC."));
        }
    }

    private static TokenClass? ClassOf(string pointer, string? name, List<FieldError> errors)
    {
        if (name is not null && WireNames.TryParseTokenClass(name, out var tokenClass))
            return tokenClass;
        errors.Add(new FieldError(pointer, "unknown_token_class", $"Must be one of {string.Join(", ", WireNames.AllTokenClasses)}."));
        return null;
    }
}
