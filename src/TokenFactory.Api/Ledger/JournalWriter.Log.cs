namespace TokenFactory.Api.Ledger;

internal sealed partial class JournalWriter
{
    [LoggerMessage(2001, LogLevel.Debug, "Recorded batch {BatchId} of source {SourceId}: {Accepted} accepted of {Received}, {Entries} entries")]
    private static partial void LogRecorded(ILogger logger, long batchId, long sourceId, int accepted, int received, int entries);

    [LoggerMessage(2002, LogLevel.Information, "Trying a transaction of source {SourceId} again ({Attempt}): {Reason}")]
    private static partial void LogRetry(ILogger logger, long sourceId, int attempt, string reason);

    [LoggerMessage(2004, LogLevel.Warning, "A transaction of source {SourceId} could not be recorded; its {Postings} postings are answered 503: {Reason}")]
    private static partial void LogAway(ILogger logger, long sourceId, int postings, string reason);

    [LoggerMessage(2003, LogLevel.Error, "A transaction of source {SourceId} failed; its {Postings} postings are answered with the failure")]
    private static partial void LogFailed(ILogger logger, Exception exception, long sourceId, int postings);

    [LoggerMessage(2005, LogLevel.Warning, "A transaction of source {SourceId} failed; its {Postings} postings are tried one by one")]
    private static partial void LogApart(ILogger logger, Exception exception, long sourceId, int postings);

    [LoggerMessage(2006, LogLevel.Debug, "Source {SourceId} has sent something that is recorded already: what is known is looked up")]
    private static partial void LogReplay(ILogger logger, long sourceId);
}
