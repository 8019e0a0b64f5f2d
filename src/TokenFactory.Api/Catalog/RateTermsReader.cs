using System.Globalization;
using System.Text.Json;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Measures;
using TokenFactory.Economics.Rating;

namespace TokenFactory.Api.Catalog;

/// <summary>From the terms that are written to the rate that is reckoned with, and what is wrong with terms that somebody sends.</summary>
internal static class RateTermsReader
{
    private const int MaxSteps = 20;
    private const long MaxPackageTokens = 1_000_000_000;
    private static readonly string[] WeekdayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    /// <summary>The rate of terms that were checked before they were stored.</summary>
    public static Rate RateOf(long id, RateTerms terms)
    {
        var unitValue = UnitValue.PerMillionTokens(terms.UnitValue);
        return new Rate
        {
            Id = id,
            TokenClass = terms.TokenClass,
            UnitValue = unitValue,
            ContextTiers = TiersOf(terms.ContextTiers),
            Windows = [.. (terms.Windows ?? []).Select(w => new PriceWindow(WindowOf(w), UnitValue.PerMillionTokens(w.UnitValue), TiersOf(w.ContextTiers)))],
            MonthTiers = terms.MonthTiers is { } month
                ? new MonthTiers(month.Kind == MonthTierKind.Volume, unitValue,
                    [.. month.Tiers.Select(t => new MonthTier(t.Above, UnitValue.PerMillionTokens(t.UnitValue)))])
                : null,
            PackageTokens = terms.PackageTokens ?? 1,
        };
    }

    /// <summary>The fallbacks of a card, from their JSON.</summary>
    public static IReadOnlyDictionary<TokenClass, TokenClass> Fallbacks(string json) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(json, WireJson.Options)!.ToDictionary(f => ClassOf(f.Key), f => ClassOf(f.Value));

    /// <summary>Terms as JSON: the same text for the same terms.</summary>
    public static string Text(RateTerms terms) => JsonSerializer.Serialize(Read(JsonSerializer.Serialize(terms, WireJson.Options)), WireJson.Options);

    /// <summary>Terms from their JSON.</summary>
    public static RateTerms Read(string json) => JsonSerializer.Deserialize<RateTerms>(json, WireJson.Options)!;

    /// <summary>The days of a window, from Monday on; null: every day.</summary>
    public static IReadOnlyList<string>? WeekdaysOf(TimeWindow window) => window.Weekdays.Count == WeekdayNames.Length
        ? null
        : [.. window.Weekdays.OrderBy(d => ((int)d + 6) % WeekdayNames.Length).Select(d => WeekdayNames[(int)d])];

    /// <summary>A time of day, as terms write it.</summary>
    public static string TextOf(TimeOnly time) => time.ToString(time.Second == 0 ? "HH:mm" : "HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Whether the terms say no more than a price per million tokens.</summary>
    public static bool IsPlain(RateTerms terms) =>
        terms is { ContextTiers: null or { Count: 0 }, MonthTiers: null, PackageTokens: null or 1, Windows: null or { Count: 0 } };

    /// <summary>Adds what is wrong with the terms of one rate.</summary>
    public static void Check(string pointer, RateTerms terms, List<FieldError> errors)
    {
        CheckUnitValue($"{pointer}/unit_value", terms.UnitValue, errors);
        CheckContextTiers($"{pointer}/context_tiers", terms.ContextTiers, errors);
        if (terms.MonthTiers is { } month)
            CheckMonthTiers($"{pointer}/month_tiers", month, terms, errors);
        if (terms.PackageTokens is < 1 or > MaxPackageTokens)
            errors.Add(new FieldError($"{pointer}/package_tokens", "out_of_range", $"Must be 1 to {MaxPackageTokens} tokens."));
        for (var i = 0; i < (terms.Windows?.Count ?? 0); i++)
        {
            if (i == MaxSteps)
            {
                errors.Add(new FieldError($"{pointer}/windows", "too_long", $"At most {MaxSteps} rows."));
                break;
            }

            if (terms.Windows![i] is { } window)
                CheckWindow($"{pointer}/windows/{i}", window, errors);
            else
                errors.Add(new FieldError($"{pointer}/windows/{i}", "required", "Must be an object."));
        }
    }

    /// <summary>Adds what is wrong with a unit value.</summary>
    public static void CheckUnitValue(string pointer, decimal value, List<FieldError> errors)
    {
        if (!UnitValue.TryCreate(value, out _, out var violation))
            errors.Add(new FieldError(pointer, "invalid_unit_value", $"A unit value {violation}."));
    }

    private static void CheckContextTiers(string pointer, IReadOnlyList<ContextTierTerms?>? tiers, List<FieldError> errors)
    {
        if (CheckThresholds(pointer, tiers?.Select(t => t?.Above).ToList() ?? [], errors))
        {
            for (var i = 0; i < tiers!.Count; i++)
                CheckUnitValue($"{pointer}/{i}/unit_value", tiers[i]!.UnitValue, errors);
        }
    }

    private static void CheckMonthTiers(string pointer, MonthTierTerms month, RateTerms terms, List<FieldError> errors)
    {
        if (month.Tiers.Count == 0)
            errors.Add(new FieldError($"{pointer}/tiers", "empty", "Must hold at least one tier; leave month_tiers out for one price."));
        if (terms.ContextTiers?.Count > 0 || terms.Windows?.Count > 0)
            errors.Add(new FieldError(pointer, "not_together", "Tiers of a month can't be joined with context tiers or windows: their first price is that of all hours and sizes."));
        if (CheckThresholds($"{pointer}/tiers", [.. month.Tiers.Select(t => t?.Above)], errors))
        {
            for (var i = 0; i < month.Tiers.Count; i++)
                CheckUnitValue($"{pointer}/tiers/{i}/unit_value", month.Tiers[i].UnitValue, errors);
        }
    }

    /// <returns>Whether the thresholds are right, and there are any.</returns>
    private static bool CheckThresholds(string pointer, List<long?> above, List<FieldError> errors)
    {
        var before = errors.Count;
        if (above.Count > MaxSteps)
            errors.Add(new FieldError(pointer, "too_long", $"At most {MaxSteps} rows."));
        for (var i = 0; i < above.Count && i < MaxSteps; i++)
        {
            if (above[i] is not { } threshold)
                errors.Add(new FieldError($"{pointer}/{i}", "required", "Must be an object."));
            else if (threshold is < 1 or > Quantity.Maximum)
                errors.Add(new FieldError($"{pointer}/{i}/above", "out_of_range", $"Must be 1 to {Quantity.Maximum} tokens."));
            else if (i > 0 && threshold <= above[i - 1])
                errors.Add(new FieldError($"{pointer}/{i}/above", "not_rising", "Must be larger than that of the tier before."));
        }

        return errors.Count == before && above.Count > 0;
    }

    private static void CheckWindow(string pointer, WindowTerms window, List<FieldError> errors)
    {
        CheckUnitValue($"{pointer}/unit_value", window.UnitValue, errors);
        CheckContextTiers($"{pointer}/context_tiers", window.ContextTiers, errors);
        foreach (var (name, text) in (ReadOnlySpan<(string, string)>)[("from", window.From), ("to", window.To)])
        {
            if (!TryReadTime(text, out _))
                errors.Add(new FieldError($"{pointer}/{name}", "invalid_time", "Must be a time of day with two digits each, 00:00 to 23:59, such as \"16:30\"; midnight is \"00:00\"."));
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(window.TimeZone, out _))
            errors.Add(new FieldError($"{pointer}/time_zone", "unknown_value", "Must be an IANA time zone such as \"UTC\" or \"Asia/Shanghai\"."));
        var days = window.Weekdays ?? WeekdayNames;
        if (days.Count == 0 || days.Any(d => !WeekdayNames.Contains(d)) || days.Distinct().Count() < days.Count)
            errors.Add(new FieldError($"{pointer}/weekdays", "unknown_value", "Must be some of mon, tue, wed, thu, fri, sat, sun, each once; leave it out for every day."));
    }

    private static TimeWindow WindowOf(WindowTerms window)
    {
        TryReadTime(window.From, out var from);
        TryReadTime(window.To, out var to);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(window.TimeZone);
        return window.Weekdays is { Count: > 0 } days
            ? new TimeWindow(from, to, zone, days.Select(d => (DayOfWeek)Array.IndexOf(WeekdayNames, d)).ToHashSet())
            : new TimeWindow(from, to, zone);
    }

    private static bool TryReadTime(string text, out TimeOnly time) =>
        TimeOnly.TryParseExact(text, ["HH:mm", "HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out time);

    private static ContextTier[] TiersOf(IReadOnlyList<ContextTierTerms>? tiers) =>
        [.. (tiers ?? []).Select(t => new ContextTier(t.Above, t.Inclusive, UnitValue.PerMillionTokens(t.UnitValue)))];

    private static TokenClass ClassOf(string name) =>
        WireNames.TryParseTokenClass(name, out var tokenClass) ? tokenClass : throw new FormatException($"{name} is no token class.");
}
