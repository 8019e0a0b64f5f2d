using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Api.Ingestion;

/// <summary>Where each field of an event stands in a file, after its header was read.</summary>
internal sealed class CsvLayout
{
    private readonly CsvMapping _mapping;
    private readonly Dictionary<string, int> _columns = [];

    private CsvLayout(CsvMapping mapping, int width)
    {
        _mapping = mapping;
        Width = width;
    }

    /// <summary>How many fields a row has.</summary>
    public int Width { get; }

    public CsvInstants Instants => _mapping.Instants;

    public string? IdPrefix => _mapping.IdPrefix;

    /// <summary>Finds the columns of a mapping in a header.</summary>
    /// <param name="header">The names of the columns.</param>
    /// <param name="mapping">What the query says.</param>
    /// <param name="errors">Receives every violation; the layout may be used only while there is none.</param>
    public static CsvLayout Of(IReadOnlyList<string> header, CsvMapping mapping, List<FieldError> errors)
    {
        var layout = new CsvLayout(mapping, header.Count);
        var places = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (var i = 0; i < header.Count; i++)
        {
            if (!places.TryAdd(header[i].Trim(), [i]))
                places[header[i].Trim()].Add(i);
        }

        foreach (var (field, name) in mapping.Headers)
            layout.Place(field, name, places, errors);
        var taken = mapping.Headers.Values.ToHashSet(StringComparer.Ordinal);
        foreach (var field in CsvFields.All)
        {
            if (!mapping.Names(field) && !taken.Contains(field) && places.ContainsKey(field))
                layout.Place(field, field, places, errors);
        }

        foreach (var name in places.Keys)
            layout.CheckUnused(name, mapping, errors);
        layout.CheckComplete(errors);
        return layout;
    }

    /// <summary>Whether rows say this field, or all of them have it.</summary>
    public bool Has(string field) => _columns.ContainsKey(field) || _mapping.Constants.ContainsKey(field);

    /// <summary>Whether rows say this field each.</summary>
    public bool HasColumn(string field) => _columns.ContainsKey(field);

    /// <summary>What a row says of a field; null: nothing. An empty cell says nothing.</summary>
    public string? Of(string field, IReadOnlyList<string> row)
    {
        var text = _columns.TryGetValue(field, out var column) ? row[column] : _mapping.Constants.GetValueOrDefault(field);
        return string.IsNullOrEmpty(text) ? null : text;
    }

    private void Place(string field, string name, Dictionary<string, List<int>> places, List<FieldError> errors)
    {
        if (!places.TryGetValue(name, out var found))
            errors.Add(new FieldError("?column", "missing_column", $"The header has no column for {field} of this name, letter by letter. {OtherDelimiter()}".TrimEnd()));
        else if (found.Count > 1)
            errors.Add(new FieldError("?column", "repeated_column", $"The header has more than one column for {field} of this name; it needs one."));
        else
            _columns[field] = found[0];
    }

    // Other columns are somebody's own. One that is a field in all but letters would be lost without a word.
    private void CheckUnused(string name, CsvMapping mapping, List<FieldError> errors)
    {
        var field = CsvFields.All.FirstOrDefault(f => f == name.ToLowerInvariant().Replace(' ', '_').Replace('-', '_'));
        if (field is not null && field != name && !_columns.ContainsKey(field) && !mapping.Names(field) && !mapping.Headers.Values.Contains(name))
            errors.Add(new FieldError("?column", "misspelt_column", $"A column is called {field} in other letters: write the header so, or say what it is with `column`."));
    }

    private string OtherDelimiter() => Width == 1 ? "It has one column in all: perhaps another `delimiter` stands between the fields." : "";

    private void CheckComplete(List<FieldError> errors)
    {
        foreach (var field in (ReadOnlySpan<string>)[CsvFields.OccurredAt, CsvFields.Producer, CsvFields.Model])
        {
            if (!Has(field) && !_mapping.Names(field))
                errors.Add(new FieldError("?column", "required", $"Every event has a field {field}: say its `column`, or its `value`. {OtherDelimiter()}".TrimEnd()));
        }

        if (!HasColumn(CsvFields.Id) && !_mapping.Names(CsvFields.Id))
            errors.Add(new FieldError("?id_prefix", "required", "Say which `column` holds the ids, or an `id_prefix` that is put before the number of the row."));
        if (!WireNames.AllTokenClasses.Any(name => Has(name) || _mapping.Names(name)))
            errors.Add(new FieldError("?column", "required", $"No column holds tokens: say that of one of {string.Join(", ", WireNames.AllTokenClasses)}."));
        if (Has(CsvFields.ReportedCost) && !Has(CsvFields.Currency))
            errors.Add(new FieldError("?value", "required", "A reported cost has a currency: say its `column`, or its `value` such as currency:USD."));
        if (_mapping.Names(CsvFields.Currency) && !Has(CsvFields.ReportedCost))
            errors.Add(new FieldError("?column", "unexpected", "`currency` is that of `reported_cost`: say both or neither."));
    }
}
