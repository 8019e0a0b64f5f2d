using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Catalog;

/// <summary>How a table of exchange rates is to be understood.</summary>
/// <param name="Base">ISO 4217: the rates are units of other currencies for one of this.</param>
/// <param name="Time">The time of day at which the rates of a date are published.</param>
/// <param name="Zone">By whose clock. A time that comes twice is the second one; one that is leapt over counts on from the hour before.</param>
internal sealed record FxTableLayout(string Base, TimeOnly Time, TimeZoneInfo Zone);

/// <summary>
/// A table of exchange rates as the European Central Bank publishes it: a line <c>Date,USD,JPY,...</c>, then one line per date, in any order. A date
/// is <c>2026-11-24</c> or <c>24 November 2026</c>; an empty field or <c>N/A</c> is a rate that was not published. A comma may end each line.
/// <para>
/// A line is taken whole or not at all, because half a publication would pass for all of it; a column whose name is no currency's code is left
/// out of every line. Both are listed.
/// </para>
/// </summary>
internal sealed class FxTable
{
    public const int MaxLines = 100_000;
    private const int MaxShown = 5;

    private static readonly CsvConfiguration Dialect = new(CultureInfo.InvariantCulture)
    {
        HasHeaderRecord = false,
        TrimOptions = TrimOptions.Trim | TrimOptions.InsideQuotes,
        BufferSize = 1 << 10,
        BadDataFound = bad => throw new BadDataException(bad.Field, bad.RawRecord, bad.Context),
    };

    private readonly FxTableLayout _layout;
    private readonly List<FxDraft> _publications = [];
    private readonly List<FxImportRefusal> _refused = [];
    private readonly Dictionary<DateTimeOffset, int> _lineOfInstant = [];

    // By place in a line; null: the column was refused, or has no name.
    private string?[] _currencies = [];
    private string[] _names = [];
    private int _line;

    private FxTable(FxTableLayout layout) => _layout = layout;

    public IReadOnlyList<FxDraft> Publications => _publications;

    public IReadOnlyList<FxImportRefusal> Refused => _refused;

    /// <param name="body">UTF-8, with or without a byte order mark.</param>
    /// <param name="layout">How it is to be understood.</param>
    /// <param name="errors">Receives what keeps it from being such a table.</param>
    /// <returns>Null when there are errors.</returns>
    public static FxTable? Read(Stream body, FxTableLayout layout, List<FieldError> errors)
    {
        using var text = new StreamReader(body, Encoding.UTF8);
        var table = new FxTable(layout);
        // Line by line: no field has a line break in it, so that a quotation mark which is never closed spoils its own line alone.
        while (text.ReadLine() is { } line)
        {
            if (++table._line > MaxLines)
            {
                errors.Add(new FieldError("", "too_long", $"At most {MaxLines} lines; send the table in parts."));
                return null;
            }

            if (line.AsSpan().Trim().Trim(',').IsEmpty)
                continue;
            if (table._names.Length > 0)
                table.ReadRow(line);
            else if (!table.TryReadHeader(line, errors))
                return null;
        }

        if (table._names.Length == 0)
            errors.Add(new FieldError("", "empty", "The body is empty: send a line `Date,USD,JPY,...`, then one line per date."));
        return errors.Count > 0 ? null : table;
    }

    private bool TryReadHeader(string line, List<FieldError> errors)
    {
        var names = FieldsOf(line);
        if (names is not [var first, ..] || !first.Equals("Date", StringComparison.OrdinalIgnoreCase))
        {
            errors.Add(new FieldError("", "invalid_header", "The first line must be `Date` and the codes of currencies, with commas between: `Date,USD,JPY`."));
            return false;
        }

        if (names.Length > CatalogNames.MaxListLength)
        {
            errors.Add(new FieldError("", "too_long", $"At most {CatalogNames.MaxListLength} columns."));
            return false;
        }

        _names = names;
        _currencies = new string?[names.Length];
        for (var i = 1; i < names.Length; i++)
        {
            if (names[i].Length == 0)
                continue;
            if (!Currency.IsCode(names[i].AsSpan()))
                Refuse("invalid_currency", $"The column {i + 1}, {Shown(names[i])}, is left out: its name must be an ISO 4217 code in capitals.");
            else if (names[i] == _layout.Base)
                Refuse("base_among_rates", $"The column {i + 1}, {names[i]}, is left out: it is the base, which is always 1.");
            else if (_currencies.Contains(names[i]))
                Refuse("repeated_currency", $"The column {i + 1}, {names[i]}, is left out: the currency has a column already.");
            else
                _currencies[i] = names[i];
        }

        if (!_currencies.Any(c => c is not null))
            errors.Add(new FieldError("", "no_currency", "The first line names no currency."));
        return errors.Count == 0;
    }

    private void ReadRow(string line)
    {
        if (FieldsOf(line) is not { } fields)
        {
            Refuse("malformed_csv", "The line has quotation marks where CSV has none, or too few.");
            return;
        }

        if (!TryReadDate(fields[0], out var date))
        {
            Refuse("invalid_date", $"{Shown(fields[0])} is no date such as 2026-11-24 or 24 November 2026, of the years 1900 to 9998.");
            return;
        }

        // A comma at the end of the header, but not of the line, leaves out a column without a name.
        if (_names.Skip(fields.Length).Any(n => n.Length > 0))
        {
            Refuse("too_few_fields", $"The line has {fields.Length} fields, the first line {_names.Length}: it may have been cut.");
            return;
        }

        if (Enumerable.Range(0, fields.Length).Any(i => fields[i].Length > 0 && (i >= _names.Length || _names[i].Length == 0)))
        {
            Refuse("too_many_fields", "The line has a value under which column the first line has no name.");
            return;
        }

        if (TryReadRates(fields) is { } rates)
            Take(date, rates);
    }

    // Null: the line is refused, with everything that is wrong in it.
    private Dictionary<string, decimal>? TryReadRates(string[] fields)
    {
        var rates = new Dictionary<string, decimal>(StringComparer.Ordinal);
        var violations = new List<string>();
        for (var i = 1; i < fields.Length; i++)
        {
            if (i >= _currencies.Length || _currencies[i] is not { } currency || fields[i].Length == 0 || fields[i].Equals("N/A", StringComparison.OrdinalIgnoreCase))
                continue;
            if (!ExactDecimal.TryParse(Encoding.UTF8.GetBytes(fields[i]), out var rate, out var violation))
                violations.Add($"{currency} {Shown(fields[i])} {violation}");
            else if (!FxPublications.IsRate(rate))
                violations.Add($"{currency} {Shown(fields[i])} {FxPublications.Bounds}");
            else
                rates.Add(currency, rate);
        }

        if (violations.Count > 0)
            Refuse("invalid_rate", string.Join("; ", violations.Take(MaxShown)) + (violations.Count > MaxShown ? $"; and {violations.Count - MaxShown} more." : "."));
        else if (rates.Count == 0)
            Refuse("no_rates", "The line has no rate.");
        else
            return rates;
        return null;
    }

    private void Take(DateOnly date, Dictionary<string, decimal> rates)
    {
        var local = date.ToDateTime(_layout.Time);
        var at = new DateTimeOffset(local, _layout.Zone.GetUtcOffset(local)).ToUniversalTime();
        if (_lineOfInstant.TryAdd(at, _line))
            _publications.Add(new FxDraft(at, rates));
        else
            Refuse("repeated_date", $"Line {_lineOfInstant[at]} has the rates of this date.");
    }

    private void Refuse(string code, string detail) => _refused.Add(new FxImportRefusal { Line = _line, Code = code, Detail = detail });

    // Null: the quotation marks are not as they should be.
    private static string[]? FieldsOf(string line)
    {
        using var parser = new CsvParser(new StringReader(line), Dialect);
        try
        {
            return parser.Read() ? parser.Record : [""];
        }
        catch (CsvHelperException)
        {
            return null;
        }
    }

    private static bool TryReadDate(string text, out DateOnly date) =>
        DateOnly.TryParseExact(text, ["yyyy-MM-dd", "d MMMM yyyy"], CultureInfo.InvariantCulture, DateTimeStyles.None, out date) && date.Year is >= 1900 and <= 9998;

    private static string Shown(string field) => field.Length <= 40 ? $"`{field}`" : $"`{field[..40]}...`";
}
