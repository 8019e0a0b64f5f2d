namespace TokenFactory.Benchmarks.Rows;

/// <summary>A row of the table: a kind of work with its yardstick.</summary>
internal interface IBenchRow
{
    /// <summary>What <c>--only</c> calls it.</summary>
    string Name { get; }

    /// <summary>Measures it and tells the report.</summary>
    Task RunAsync(Workbench bench, CancellationToken cancellationToken);
}
