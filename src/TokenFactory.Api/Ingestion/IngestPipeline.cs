using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using TokenFactory.Api.Catalog;
using TokenFactory.Api.Hosting;
using TokenFactory.Api.Ledger;

namespace TokenFactory.Api.Ingestion;

/// <summary>validated -> rated -> ledger, for a chunk of events at a time.</summary>
internal sealed class IngestPipeline(
    CatalogCache catalog, Journal journal, LedgerSettings settings, MeterReadings meters, IAuthorizationService authorization)
{
    /// <summary>Refusals of events whose source is unknown or not granted are filed under this id.</summary>
    public const long UnattributedSourceId = 0;

    // Prices and counters move; whoever is overtaken as often as this comes again later.
    private const int MaxRatings = 50;

    /// <summary>
    /// Resolves, rates and records the events, and files every refusal with its reason. When the task completes, each item has its outcome
    /// and all of it is committed.
    /// </summary>
    /// <param name="user">Whose key sent the events.</param>
    /// <param name="items">Parsed events, in the order of the body.</param>
    /// <param name="cancellationToken">Ends the wait; what was handed to the ledger runs to its end.</param>
    public async Task RecordAsync(ClaimsPrincipal user, IReadOnlyList<IngestItem> items, CancellationToken cancellationToken)
    {
        var version = await ResolveAsync(user, items, cancellationToken);
        await Task.WhenAll(items.GroupBy(i => i.SourceId).Select(group => PostAsync(user, [.. group], version, cancellationToken)));
    }

    /// <summary>As <see cref="RecordAsync"/>, all or nothing: one source, and one refusal refuses every event.</summary>
    /// <returns>True when every event was taken.</returns>
    public async Task<bool> RecordAtomicallyAsync(ClaimsPrincipal user, IReadOnlyList<IngestItem> items, CancellationToken cancellationToken)
    {
        var version = await ResolveAsync(user, items, cancellationToken);
        if (items.FirstOrDefault(i => i.Sent.Source != items[0].Sent.Source) is { } other)
            other.Violations.Add("/source", "more_than_one_source", "An atomic batch holds the events of one source.");
        if (items.All(i => !i.Violations.Any) && await PostAtomicallyAsync(user, items, version, cancellationToken) is { } taken)
            return taken;

        foreach (var item in items.Where(i => !i.Violations.Any))
            item.Violations.Add("", "atomic_refused", "Another event of the same atomic batch was refused.");
        await Task.WhenAll(items.GroupBy(i => i.SourceId).Select(group => PostAsync(user, [.. group], version, cancellationToken)));
        return false;
    }

    /// <summary>
    /// Records usage of one source that was held back and can be read now, as ordinary events. What still can't be read is left where it is:
    /// nothing of it is filed again, and it has the reason of today.
    /// </summary>
    /// <param name="user">Whose key releases it.</param>
    /// <param name="items">Usage of one source, as it is read now.</param>
    /// <param name="cancellationToken">Ends the wait; what was handed to the ledger runs to its end.</param>
    public async Task ReleaseAsync(ClaimsPrincipal user, IReadOnlyList<IngestItem> items, CancellationToken cancellationToken)
    {
        var rated = await ResolveAsync(user, items, cancellationToken);
        await PostFreshAsync(user, items, rated, async version =>
        {
            // Of a counter that was read later meanwhile, or of a signal that its source's usage is no longer taken from.
            foreach (var item in items.Where(i => i.IfNew is not null || i.IsEmpty))
                item.Quarantine ??= item.IfNew ?? EventRater.Late;
            var readable = items.Where(i => i is { Violations.Any: false, Quarantine: null, IsEmpty: false }).ToList();
            if (readable.Count == 0)
                return false;
            var posting = new Posting { SourceId = readable[0].SourceId, Events = [.. readable.Select(i => i.Rated!)], CatalogVersion = version };
            Settle(readable, await journal.PostAsync(posting, cancellationToken));
            return true;
        }, cancellationToken);
    }

    /// <returns>The version of the catalog that the items were rated by.</returns>
    private async Task<long> ResolveAsync(ClaimsPrincipal user, IReadOnlyList<IngestItem> items, CancellationToken cancellationToken)
    {
        // First who may write at all: what is refused for that leaves nothing in the catalog.
        await FindSourcesAsync(user, items, cancellationToken);
        return await RateAsync(user, items, cancellationToken);
    }

    private async Task<long> RateAsync(ClaimsPrincipal user, IReadOnlyList<IngestItem> items, CancellationToken cancellationToken)
    {
        // What an older catalog did not know is no reason any more.
        foreach (var item in items)
            item.Quarantine = item.Unreadable;
        await LookAgainAsync(items, cancellationToken);
        // Before names are registered for it, and by the catalog that it is rated by: an alias may have gone over to another producer.
        await RefuseOtherProducersAsync(user, items, catalog.Current);
        var snapshot = await RegisterUnknownAsync(items, cancellationToken);
        await RefuseOtherProducersAsync(user, items, snapshot);
        var reportingCurrency = await settings.ReportingCurrencyAsync(cancellationToken);
        await ReadCountersAsync(items.Where(i => !i.Violations.Any && i.Sent.Counter is not null && EventRater.MovesCounter(i, snapshot)), snapshot, cancellationToken);
        foreach (var item in items)
        {
            if (!item.Violations.Any)
                item.Rated = EventRater.Rate(item, snapshot, reportingCurrency);
        }

        return snapshot.Version;
    }

    // A name that nobody knows may have been registered a moment ago, by another instance: what is refused or held back for it is asked twice.
    private async Task LookAgainAsync(IReadOnlyList<IngestItem> items, CancellationToken cancellationToken)
    {
        var snapshot = catalog.Current;
        if (items.Any(i => !i.Violations.Any && i.Sent.Producer.Length > 0 && snapshot.FindProducer(i.Sent.Producer) is null))
            await catalog.CatchUpAsync(cancellationToken);
    }

    // How far its last reading is behind it tells what a counter grew by. Where it has moved by the time of the posting, this is done again.
    private async Task ReadCountersAsync(IEnumerable<IngestItem> items, CatalogSnapshot snapshot, CancellationToken cancellationToken)
    {
        foreach (var source in items.GroupBy(i => i.SourceId))
        {
            CounterGrowth.Apply(source, await meters.FindAsync(
                source.Key, [.. source.Select(i => i.Sent.Counter!.Meter)], [.. source.Select(i => i.Sent.Id)], cancellationToken), snapshot);
        }
    }

    private async Task FindSourcesAsync(ClaimsPrincipal user, IReadOnlyList<IngestItem> items, CancellationToken cancellationToken)
    {
        var snapshot = catalog.Current;
        var isCurrent = false;
        var grants = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            var source = item.Sent.Source;
            if (source.Length == 0)
                continue;
            if (!grants.TryGetValue(source, out var granted))
                grants[source] = granted = (await authorization.AuthorizeAsync(user, source, "source")).Succeeded;
            if (!granted)
                item.Violations.Add("/source", "source_not_granted", "The key may not write for this source; use one that names it.");
            else if (await FindAsync(source) is { } known)
                item.SourceId = known.Id;
            else
                RefuseUnknownSource(item);
        }

        async ValueTask<SourceEntry?> FindAsync(string source)
        {
            if (snapshot.FindSource(source) is { } known || isCurrent)
                return snapshot.FindSource(source);
            (snapshot, isCurrent) = (await catalog.CatchUpAsync(cancellationToken), true);
            return snapshot.FindSource(source);
        }
    }

    // A key may be for some producers: by their ids, whatever alias an event names. One that nobody knows is none of them. Usage of which the producer
    // can't be read is held back, and whoever releases it is asked here.
    private async Task RefuseOtherProducersAsync(ClaimsPrincipal user, IReadOnlyList<IngestItem> items, CatalogSnapshot snapshot)
    {
        if (!user.HasClaim(c => c.Type == KeyClaims.Producer))
            return;
        var grants = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var item in items.Where(i => !i.Violations.Any && i.Sent.Producer.Length > 0))
        {
            var name = item.Sent.Producer;
            if (!grants.TryGetValue(name, out var granted))
            {
                grants[name] = granted = snapshot.FindProducer(name) is { } producer
                    && (await authorization.AuthorizeAsync(user, producer.Slug, "producer")).Succeeded;
            }

            if (!granted)
            {
                item.Violations.Add(item.Sent.Reported is null ? "/producer" : "/provider", "producer_not_granted",
                    "The key may not write usage of this producer; use one that names it, or that names none.");
            }
        }
    }

    // New models, items and accounts appear all the time. Items need their model's id, hence a second round for the few new models. What is
    // still not known after that was removed by another instance meanwhile: the catalog is read anew, and the name is registered again. Where that
    // helps nothing, that event alone is not recorded.
    private async Task<CatalogSnapshot> RegisterUnknownAsync(IReadOnlyList<IngestItem> items, CancellationToken cancellationToken)
    {
        var valid = items.Where(i => !i.Violations.Any && i.Quarantine is null).ToList();
        var snapshot = catalog.Current;
        const int rounds = 3;
        for (var attempt = 0; attempt < rounds; attempt++)
        {
            for (var round = 0; round < rounds; round++)
            {
                var additions = new CatalogAdditions();
                foreach (var item in valid)
                    EventRater.NoteUnknown(item, snapshot, additions);
                if (!catalog.Registers(additions))
                    return snapshot;
                snapshot = await catalog.RegisterAsync(additions, cancellationToken);
            }

            if (valid.TrueForAll(item => EventRater.IsKnown(item.Sent, snapshot)))
                return snapshot;
            snapshot = await catalog.RefreshAsync(cancellationToken);
        }

        return snapshot;
    }

    private Task<PostingResult> PostAsync(ClaimsPrincipal user, IReadOnlyList<IngestItem> items, long ratedBy, CancellationToken cancellationToken) =>
        PostFreshAsync(user, items, ratedBy, async version =>
        {
            // Rated anew, another may be refused, or all of them: then they are of no source.
            var refused = items.Where(i => i.Violations.Any).ToList();
            var result = await PostRatedAsync([.. items.Where(i => !i.Violations.Any)], version, events => new Posting
            {
                SourceId = items[0].SourceId,
                Events = events,
                Refusals = [.. refused.Select(i => i.ToRefusal())],
            }, cancellationToken);
            foreach (var item in refused)
                item.Outcome = EventOutcome.Rejected;
            return result;
        }, cancellationToken);

    /// <returns>Whether every event was taken; null: rated anew, one of them is refused, and nothing was posted.</returns>
    private Task<bool?> PostAtomicallyAsync(ClaimsPrincipal user, IReadOnlyList<IngestItem> items, long ratedBy, CancellationToken cancellationToken) =>
        PostFreshAsync(user, items, ratedBy, async version =>
        {
            if (items.Any(i => i.Violations.Any))
                return (bool?)null;
            var result = await PostRatedAsync(items, version, events => new Posting { SourceId = items[0].SourceId, Events = events, Atomic = true }, cancellationToken);
            return !result.Refused;
        }, cancellationToken);

    private async Task<PostingResult> PostRatedAsync(
        IReadOnlyList<IngestItem> rated, long version, Func<IReadOnlyList<LedgerEvent>, Posting> posting, CancellationToken cancellationToken)
    {
        var posted = rated.Where(i => !i.IsEmpty).ToList();
        var wanted = posting([.. posted.Select(i => i.Rated!)]) with { CatalogVersion = version };
        if (posted.Count == 0 && wanted.Refusals.Count == 0)
            return new PostingResult([], Refused: false);
        var result = await journal.PostAsync(wanted, cancellationToken);
        Settle(posted, result);
        return result;
    }

    // A price that somebody was told is in force holds for the next event, in every instance: what was rated by an older catalog than that of its
    // transaction is rated anew. So is the growth of a counter that has moved.
    private async Task<T> PostFreshAsync<T>(
        ClaimsPrincipal user, IReadOnlyList<IngestItem> items, long version, Func<long, Task<T>> post, CancellationToken cancellationToken)
    {
        for (var ratings = 0; ratings < MaxRatings; ratings++)
        {
            try
            {
                return await post(version);
            }
            catch (StaleReadingException)
            {
            }
            catch (StaleCatalogException e)
            {
                await catalog.CatchUpAsync(e.Version, cancellationToken);
            }

            FindSourcesAgain(items);
            version = await RateAsync(user, items, cancellationToken);
        }

        throw new JournalBusyException();
    }

    // It may have been removed since it was looked up, and registered again.
    private void FindSourcesAgain(IReadOnlyList<IngestItem> items)
    {
        var snapshot = catalog.Current;
        foreach (var item in items.Where(i => i.SourceId != UnattributedSourceId))
        {
            item.SourceId = snapshot.FindSource(item.Sent.Source)?.Id ?? UnattributedSourceId;
            if (item.SourceId == UnattributedSourceId)
                RefuseUnknownSource(item);
        }
    }

    private static void RefuseUnknownSource(IngestItem item) =>
        item.Violations.Add("/source", "unknown_source", "No source has this id. Register it at POST /v1/sources.");

    private static void Settle(List<IngestItem> items, PostingResult result)
    {
        for (var i = 0; i < items.Count; i++)
        {
            var item = items[i];
            item.Recorded = result.Events[i];
            item.Outcome = result.Events[i].Outcome;
            if (item.Outcome == EventOutcome.Conflict)
            {
                item.Violations.Add("/id", "content_conflict",
                    "An event with this id and other content is recorded already. To correct it, reverse it and send the right one under a new id.");
            }
            else if (item is { Outcome: EventOutcome.Quarantined, Quarantine: { } reason })
            {
                item.Violations.Add(reason.Pointer, reason.Code, reason.Detail);
            }
            else if (item.Outcome == EventOutcome.Rejected && item.IfNew is { } violation)
            {
                item.Violations.Add(violation.Pointer, violation.Code, violation.Detail);
            }
            else if (item.Outcome == EventOutcome.Rejected)
            {
                item.Violations.Add("", "atomic_refused", "Another event of the same atomic batch was refused.");
            }
        }
    }
}
