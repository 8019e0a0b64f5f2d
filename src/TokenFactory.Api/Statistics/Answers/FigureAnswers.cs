using System.Collections.Concurrent;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Npgsql;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Statistics;

/// <summary>
/// Answers that were made, kept in memory and sent again as long as nothing that they are made of has changed. Whether it has is asked of the
/// database each time, in the moment that the answer would be made in, so that what is kept is never older than an acknowledged event, whichever
/// instance recorded it. The same is never made twice at once.
/// </summary>
internal sealed class FigureAnswers(NpgsqlDataSource dataSource, IOptions<StatisticsOptions> options) : IDisposable
{
    // What an entry takes besides its body and its name.
    private const int EntryBytes = 512;

    private readonly MemoryCache _kept = new(new MemoryCacheOptions { SizeLimit = options.Value.AnswerMemoryMb * 1024L * 1024L });
    private readonly ConcurrentDictionary<(string Key, AnswerVersion Version), Task<FigureDocument>> _making = new();

    public void Dispose() => _kept.Dispose();

    /// <summary>Sends the answer to a request, made now or before.</summary>
    /// <param name="http">The request: its path, its query and what it accepts name the answer.</param>
    /// <param name="read">Everything that the answer is made of: its widest window.</param>
    /// <param name="make">Makes it in a moment.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IActionResult> AnswerAsync(
        HttpContext http, FigureRequest read, Func<RollUpSnapshot, Task<FigureDocument>> make, CancellationToken cancellationToken)
    {
        var key = KeyOf(http.Request, read);
        var hasFailed = false;
        while (true)
        {
            Task<FigureDocument> others;
            DateTimeOffset? completeThrough;
            await using (var snapshot = await RollUpSnapshot.OpenAsync(dataSource, read, cancellationToken))
            {
                completeThrough = snapshot.Context.CompleteThrough;
                if (AnswerVersion.Of(read, snapshot) is not { } version)
                    return (await make(snapshot)).Result(http, completeThrough);
                if (_kept.TryGetValue(key, out Kept? kept) && kept!.Version == version)
                    return kept.Document.Result(http, completeThrough);
                var mine = new TaskCompletionSource<FigureDocument>(TaskCreationOptions.RunContinuationsAsynchronously);
                others = _making.GetOrAdd((key, version), mine.Task);
                if (others == mine.Task)
                    return (await MakeAsync(key, version, () => make(snapshot), mine)).Result(http, completeThrough);
            }

            try
            {
                return (await others.WaitAsync(cancellationToken)).Result(http, completeThrough);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Who was making it has gone.
            }
            catch (Exception e) when (!hasFailed && e is not (FigureLimitException or OperationCanceledException))
            {
                // Who was making it met with an accident, which need not happen again.
                hasFailed = true;
            }
        }
    }

    private async Task<FigureDocument> MakeAsync(
        string key, AnswerVersion version, Func<Task<FigureDocument>> make, TaskCompletionSource<FigureDocument> made)
    {
        try
        {
            var document = await make();
            var size = document.Bytes + (2L * key.Length) + EntryBytes;
            _kept.Set(key, new Kept(version, document), new MemoryCacheEntryOptions { Size = size });
            made.SetResult(document);
            return document;
        }
        catch (OperationCanceledException)
        {
            made.SetCanceled(CancellationToken.None);
            throw;
        }
        catch (Exception e)
        {
            made.SetException(e);
            // Nobody may be waiting for it.
            _ = made.Task.Exception;
            throw;
        }
        finally
        {
            _making.TryRemove((key, version), out _);
        }
    }

    // What a name stands for is told by the catalog that the query was read with: an answer belongs to what it was taken for.
    private static string KeyOf(HttpRequest request, FigureRequest read) => string.Join('\n', [
        request.Path.Value, Csv.IsAskedFor(request) ? Csv.ContentType : "",
        .. request.Query.OrderBy(p => p.Key, StringComparer.Ordinal).SelectMany(p => p.Value, (p, value) => $"{p.Key}={Uri.EscapeDataString(value ?? "")}"),
        .. read.Filters.GetValueOrDefault(Dimension.Producer, []).Cast<string>()]);

    private sealed record Kept(AnswerVersion Version, FigureDocument Document);
}

/// <summary>What an answer depends on beside its request: where all of it is the same, so is the answer, but for <c>complete_through</c>.</summary>
/// <param name="Changes">How often what is folded of the window's months has changed.</param>
/// <param name="Recorded">What is recorded, where some of it falls into the window and is still to be folded; else null.</param>
/// <param name="Catalog">The names.</param>
/// <param name="UpSince">Since when the server runs that counts all this.</param>
/// <param name="AsOf">The vintage, which tells how old a period is.</param>
/// <param name="Over">Periods that end by then are whole.</param>
internal sealed record AnswerVersion(long Changes, long? Recorded, long Catalog, DateTimeOffset UpSince, DateOnly AsOf, DateTimeOffset Over)
{
    /// <summary>The version of a moment; null where another version of the service folds and does not tell what it changes.</summary>
    public static AnswerVersion? Of(FigureRequest read, RollUpSnapshot snapshot)
    {
        if (snapshot.Changes is not { } changes)
            return null;
        var over = read.Calendar.Containing(read.Frequency, snapshot.Context.Reach).Start;
        return new AnswerVersion(
            changes.Folds, changes.Recorded, changes.Catalog, changes.UpSince, snapshot.Context.AsOf, read.End < over ? read.End.Value : over);
    }
}
