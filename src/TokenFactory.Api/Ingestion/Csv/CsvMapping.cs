using System.Collections.Frozen;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Ingestion;

/// <summary>What the query of a CSV file says: where fields stand, what is the same in every row, and how times are written.</summary>
internal sealed class CsvMapping
{
    private static readonly FrozenSet<string> Known = CsvFields.All.ToFrozenSet(StringComparer.Ordinal);

    private readonly Dictionary<string, string> _headers = [];
    private readonly Dictionary<string, string> _constants = [];

    private CsvMapping(CsvInstants instants, char delimiter, string? idPrefix, string? source)
    {
        Instants = instants;
        Delimiter = delimiter;
        IdPrefix = idPrefix;
        Source = source;
    }

    public CsvInstants Instants { get; }

    public char Delimiter { get; }

    public string? IdPrefix { get; }

    /// <summary>The source that the query names.</summary>
    public string? Source { get; }

    /// <summary>The header of a field's column, as the query names it.</summary>
    public IReadOnlyDictionary<string, string> Headers => _headers;

    /// <summary>The fields that are the same in every row.</summary>
    public IReadOnlyDictionary<string, string> Constants => _constants;

    /// <summary>Whether the query says anything of a field.</summary>
    public bool Names(string field) => _headers.ContainsKey(field) || _constants.ContainsKey(field)
        || (field == CsvFields.Id && IdPrefix is not null) || (field == CsvFields.Source && Source is not null);

    /// <summary>Reads a query.</summary>
    /// <param name="parameters">The query.</param>
    /// <param name="parser">Checks names.</param>
    /// <param name="errors">Receives every violation; the mapping may be used only while there is none.</param>
    public static CsvMapping Read(CsvParameters parameters, EventParser parser, List<FieldError> errors)
    {
        var delimiter = parameters.delimiter switch
        {
            null => ',',
            "tab" => '\t',
            [(',' or ';' or '|' or '\t') and var one] => one,
            _ => '\0',
        };
        if (delimiter == '\0')
            errors.Add(new FieldError("?delimiter", "unknown_value", "Must be , or ; or | or tab."));
        var mapping = new CsvMapping(CsvInstants.Of(parameters, errors), delimiter, parameters.id_prefix, parameters.source);
        foreach (var text in parameters.column ?? [])
            mapping.Take("?column", text, "Header name", mapping._headers, errors);
        foreach (var text in parameters.value ?? [])
            mapping.Take("?value", text, "constant", mapping._constants, errors);
        mapping.CheckIdentity(parser, errors);
        return mapping;
    }

    private void Take(string pointer, string? text, string what, Dictionary<string, string> into, List<FieldError> errors)
    {
        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        var field = colon > 0 ? text![..colon] : "";
        if (!Known.Contains(field))
            errors.Add(new FieldError(pointer, "unknown_field", $"Must be field:{what} with one of {string.Join(", ", CsvFields.All)}."));
        else if (colon == text!.Length - 1)
            errors.Add(new FieldError(pointer, "empty", $"The field {field} needs the {what} behind the colon."));
        else if (_headers.ContainsKey(field) || _constants.ContainsKey(field))
            errors.Add(new FieldError(pointer, "repeated", $"The field {field} is said twice; say it once, as a `column` or as a `value`."));
        else
            into[field] = text[(colon + 1)..].Trim();
    }

    private void CheckIdentity(EventParser parser, List<FieldError> errors)
    {
        if (_constants.ContainsKey(CsvFields.Id))
            errors.Add(new FieldError("?value", "unexpected", "Two rows can't have one id: say the `column` of the ids, or an `id_prefix`."));
        if (_constants.ContainsKey(CsvFields.Source))
            errors.Add(new FieldError("?value", "unexpected", "Say the source of every row as `source`."));
        if (_headers.ContainsKey(CsvFields.Source) && Source is not null)
            errors.Add(new FieldError("?source", "unexpected", "The source is that of the column; leave one of them out."));
        if (_headers.ContainsKey(CsvFields.Id) && IdPrefix is not null)
            errors.Add(new FieldError("?id_prefix", "unexpected", "The ids are those of the column; leave one of them out."));
        if (IdPrefix is null)
            return;
        var violations = new EventViolations();
        parser.CheckName(IdPrefix + "1", "?id_prefix", violations);
        EventParser.CheckNotReserved(IdPrefix, "?id_prefix", violations);
        errors.AddRange(violations.Errors);
    }
}
