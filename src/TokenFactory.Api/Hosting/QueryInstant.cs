namespace TokenFactory.Api.Hosting;

/// <summary>An instant of a query string: an RFC 3339 instant with an offset, read as UTC.</summary>
internal static class QueryInstant
{
    /// <param name="name">Of the parameter.</param>
    /// <param name="text">What it says; null: it was not sent.</param>
    /// <param name="errors">Receives what is wrong.</param>
    /// <returns>Null: none was sent, or what was sent is none.</returns>
    public static DateTimeOffset? Read(string name, string? text, List<FieldError> errors)
    {
        if (text is null)
            return null;
        if (UtcInstantConverter.TryParse(text, out var instant) && instant.Year is > 1970 and < 9999)
            return instant;
        errors.Add(new FieldError($"?{name}", "invalid_instant", "Must be an RFC 3339 instant with an offset, such as 2026-11-01T00:00:00Z."));
        return null;
    }
}
