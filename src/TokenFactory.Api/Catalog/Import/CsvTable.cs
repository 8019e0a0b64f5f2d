using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace TokenFactory.Api.Catalog.Import;

/// <summary>A price list as CSV (RFC 4180): a header, then one record a line.</summary>
internal sealed class CsvTable : IDisposable
{
    public const string NotComplete = "The line has another number of fields than the header.";

    private readonly CsvParser _parser;

    /// <exception cref="ImportRefusedException">Not UTF-8, empty, or a header that can't be read or names a column twice.</exception>
    public CsvTable(ReadOnlyMemory<byte> document)
    {
        var text = Encoding.UTF8.GetString(CatalogueText.Utf8(document).Span);
        _parser = new CsvParser(new StringReader(text), new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            HasHeaderRecord = false,
            // Nothing here needs a line break in a field; so that a quotation mark which is never closed swallows no further line.
            LineBreakInQuotedFieldIsBadData = true,
            BadDataFound = bad => throw Malformed(bad.Context.Parser!.RawRow),
        });
        Header = Next() ?? throw new ImportRefusedException("empty", "The document is empty.");
        if (Header.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(names => names.Count() > 1) is { } repeated)
            throw new ImportRefusedException("repeated_column", $"The column {repeated.Key} is there twice.");
    }

    public IReadOnlyList<string> Header { get; }

    /// <summary>The place of a column.</summary>
    /// <exception cref="ImportRefusedException">There is none of this name.</exception>
    public int Column(string name) => Find(name) ?? throw new ImportRefusedException("missing_column", $"The header names no column {name}.");

    /// <summary>The place of a column that may be left out.</summary>
    public int? Find(string name)
    {
        for (var i = 0; i < Header.Count; i++)
        {
            if (Header[i] == name)
                return i;
        }

        return null;
    }

    /// <summary>The records after the header, once.</summary>
    /// <exception cref="ImportRefusedException">Quotation marks stand where none may: where a field ends is unknown from there on.</exception>
    public IEnumerable<CsvRow> Rows()
    {
        while (Next() is { } fields)
            yield return new CsvRow(fields, _parser.RawRow, fields.Length == Header.Count);
    }

    public void Dispose() => _parser.Dispose();

    private string[]? Next()
    {
        try
        {
            return _parser.Read() ? _parser.Record : null;
        }
        catch (CsvHelperException)
        {
            throw Malformed(_parser.RawRow);
        }
    }

    private static ImportRefusedException Malformed(int line) => new("malformed_csv", $"Line {line} has quotation marks where CSV has none, or too few.");
}

/// <summary>One record.</summary>
/// <param name="Fields">Its fields.</param>
/// <param name="Line">Its line in the file, from 1.</param>
/// <param name="IsComplete">Whether it has as many fields as the header.</param>
internal sealed record CsvRow(IReadOnlyList<string> Fields, int Line, bool IsComplete)
{
    public string Where => $"line {Line}";

    public string this[int column] => Fields[column];

    /// <summary>The field, or an empty text where there is no such column.</summary>
    public string this[int? column] => column is { } index ? Fields[index] : "";

    /// <summary>Adds the price to the entry, or refuses it and marks the class as unread.</summary>
    public void ReadPrice(CardAssembly cards, CatalogueEntry entry, int column, PriceRow row)
    {
        if (PriceNumber.TryRead(Encoding.UTF8.GetBytes(Fields[column]), PriceNumber.PerMillionTokens, out var unitValue, out var violation))
        {
            entry.Rows.Add(row with { UnitValue = unitValue });
            return;
        }

        entry.MarkUnread(row.Card, row.TokenClass, row.Where);
        cards.Refuse(row.Where, RefusalCodes.InvalidUnitValue, $"The price {violation}.");
    }
}
