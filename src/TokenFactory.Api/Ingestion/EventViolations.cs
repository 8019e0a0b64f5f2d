using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Ingestion;

/// <summary>Every violation of one event, up to a limit that keeps an answer readable.</summary>
internal sealed class EventViolations
{
    private const int Limit = 32;
    private readonly List<FieldError> _errors = [];

    public bool Any => _errors.Count > 0;

    public IReadOnlyList<FieldError> Errors => _errors;

    /// <summary>The first violation: the reason under which the event is refused.</summary>
    public FieldError First => _errors[0];

    public void Add(string pointer, string code, string detail)
    {
        if (_errors.Count < Limit)
            _errors.Add(new FieldError(pointer, code, detail));
    }
}
