using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Ingestion;

/// <summary>A CSV body (RFC 4180) row by row while it comes in, however long it is: UTF-8 with or without a byte order mark, a header first.</summary>
internal sealed class CsvFile : IDisposable
{
    private readonly StreamReader _text;
    private readonly CsvParser _parser;
    private readonly RowLimitStream _bytes;

    private CsvFile(Stream body, char delimiter, IngestionOptions options, CancellationToken cancellationToken)
    {
        _bytes = new RowLimitStream(body, options, cancellationToken);
        _text = new StreamReader(_bytes, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true),
            detectEncodingFromByteOrderMarks: false, RowLimitStream.BufferBytes);
        _parser = new CsvParser(_text, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            HasHeaderRecord = false,
            Delimiter = delimiter.ToString(),
            ExceptionMessagesContainRawData = false,
            BadDataFound = _ => throw Malformed(),
        });
    }

    public IReadOnlyList<string> Header { get; private set; } = [];

    /// <summary>The number of the row that was read last, from 1 for the one after the header; blank lines do not count.</summary>
    public int Row { get; private set; } = -1;

    /// <summary>Reads the header.</summary>
    /// <exception cref="BodyRefusedException">There is none, or it can't be read.</exception>
    public static async Task<CsvFile> OpenAsync(Stream body, char delimiter, IngestionOptions options, CancellationToken cancellationToken)
    {
        var file = new CsvFile(body, delimiter, options, cancellationToken);
        try
        {
            file.Header = await file.ReadAsync()
                ?? throw new BodyRefusedException(StatusCodes.Status400BadRequest, "empty_body", "The body is empty. Send a header, and a row for each event.");
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The fields of the next row; null: there is none.</summary>
    /// <exception cref="BodyRefusedException">It can't be read, and so nothing behind it.</exception>
    /// <exception cref="InvalidDataException">The body is not compressed as it says.</exception>
    public async Task<string[]?> ReadAsync()
    {
        try
        {
            _bytes.BeginRow();
            if (!await _parser.ReadAsync())
                return null;
            var fields = _parser.Record;
            Row++;
            return fields;
        }
        catch (CsvHelperException e)
        {
            throw e.InnerException as BodyRefusedException ?? Malformed();
        }
        catch (DecoderFallbackException)
        {
            throw new BodyRefusedException(StatusCodes.Status400BadRequest, "invalid_text",
                $"After row {Math.Max(Row, 0)} there are bytes that are not UTF-8: save the file as CSV UTF-8.");
        }
    }

    public void Dispose()
    {
        _parser.Dispose();
        _text.Dispose();
    }

    private BodyRefusedException Malformed() => new(StatusCodes.Status400BadRequest, "malformed_csv",
        $"After row {Math.Max(Row, 0)} a quotation mark stands where CSV has none, or is missing: a field that holds one is quoted whole, and has it twice.");
}
