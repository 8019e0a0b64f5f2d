using Microsoft.EntityFrameworkCore;

namespace TokenFactory.Api.Catalog;

/// <summary>
/// One OpenTelemetry signal per source: an application that sends spans and metrics tells the same tokens twice. The signal that usage comes by
/// first is the source's, until somebody changes it.
/// </summary>
internal sealed class SourceSignals(CatalogCache catalog, CatalogWriter writer)
{
    /// <summary>Gives a source its signal, if it has none. When the task completes, this instance knows which it has.</summary>
    /// <param name="source">A registered source.</param>
    /// <param name="signal">The signal that its usage has come by.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task BindAsync(string source, SourceSignal signal, CancellationToken cancellationToken)
    {
        if (catalog.Current.FindSource(source) is not { Signal: null })
            return;
        var bound = await writer.WriteAsync(async context =>
        {
            var row = await context.Set<Source>().SingleOrDefaultAsync(s => s.Slug == source && s.Signal == null, cancellationToken);
            if (row is not null)
                row.Signal = signal;
            return row;
        }, cancellationToken);
        // Another was first, here or in another instance.
        if (bound is null)
            await catalog.CatchUpAsync(cancellationToken);
    }
}
