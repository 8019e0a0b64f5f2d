using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Ingestion;

/// <summary>Every violation of one event, up to a limit that keeps an answer readable.</summary>
internal sealed class EventViolations
{
    private const int Limit = 32;
    // Most events have none.
    private List<FieldError>? _errors;

    public bool Any => _errors is not null;

    public IReadOnlyList<FieldError> Errors => _errors ?? [];

    /// <summary>The first violation: the reason under which the event is refused.</summary>
    public FieldError First => Errors[0];

    public void Add(string pointer, string code, string detail)
    {
        _errors ??= [];
        if (_errors.Count < Limit)
            _errors.Add(new FieldError(pointer, code, detail));
    }
}
