namespace TokenFactory.Api.Catalog.Import;

/// <summary>A document that is no price catalogue of its format: nothing of it was read. What is wrong with single prices is no exception.</summary>
internal sealed class ImportRefusedException(string code, string detail) : Exception(detail)
{
    /// <summary>A stable word, such as <c>malformed_json</c>.</summary>
    public string Code { get; } = code;
}
