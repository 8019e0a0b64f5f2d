using System.Globalization;
using System.Text;
using Npgsql;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>
/// The cells that a request asks for, as SQL: the roll-up as <c>d</c>, joined with what its groups and filters name. Only names from this
/// folder reach the text; every value is a parameter.
/// </summary>
internal sealed class CellQuery
{
    private readonly List<NpgsqlParameter> _parameters;
    private string? _models;

    /// <param name="request">What is asked for.</param>
    /// <param name="moment">The moment of the roll-up that it is read in.</param>
    /// <param name="columns">What is read of a cell besides the request's groups and sums.</param>
    /// <param name="join">A further join with its own parameters, from $1 on.</param>
    /// <param name="parameters">The values of these.</param>
    public CellQuery(
        FigureRequest request, RollUpMoment moment, CellColumns columns = CellColumns.None, string join = "", params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        _parameters = [.. parameters];
        var table = CellTable.Of(request, moment, columns);
        (Time, Grain, IsGrouped) = ($"d.{table.Time}", table.Grain, table.Grain == request.Frequency && moment.HasFewParts && !table.IsMargin && !table.HasVintages);
        var where = new StringBuilder(table.Condition);
        // Keys of cells begin with the source: with every source named, a window reads its own cells and not the whole ledger's.
        if (request.ReadFrom is not null || request.End is not null || table.IsMargin)
            where.Append(" and d.source_id = any (array(select id from sources))");
        And(where, $"{Time} >= ", Bound(request, request.ReadFrom));
        And(where, $"{Time} < ", Bound(request, request.End));
        if (request is { Lookback: { } lookback, Start: { } start } && lookback.End < start)
            where.Append(CultureInfo.InvariantCulture, $" and not ({Time} >= {Value(Bound(request, lookback.End)!)} and {Time} < {Value(Bound(request, start)!)})");
        if (table.HasVintages)
            And(where, "d.vintage <= ", request.AsOf);
        var isOfItems = table.HasItemIndex && columns == CellColumns.None && AsksForItemsAlone(request);
        foreach (var (dimension, values) in request.Filters.Where(f => !isOfItems || f.Key is Dimension.Model or Dimension.Sector))
            AndIn(where, dimension, values, isOfItems && dimension == Dimension.Model);
        // Told by numbers, which a cell has in itself, only the cells that are asked for meet their names.
        if (table.HasProducers)
            AndOfProducers(where, "d", request);
        if (table.HasItemIndex && _models is not null)
        {
            where.Append(CultureInfo.InvariantCulture, $" and d.item_id = any (array(select i.id from items i join models m on m.id = i.model_id where {_models}");
            AndOfProducers(where, "i", request);
            where.Append("))");
        }

        where.Append(request.Cells switch
        {
            CellSelection.FinalUse => " and d.buyer_id = 0",
            CellSelection.Purchases => " and d.buyer_id <> 0",
            _ => "",
        });
        var pending = moment.PendingSince is { } since ? $"({Value(since)})" : "";
        From = $"from {table.Name}{pending} d{(isOfItems ? "" : Joins(request, table))}{join}\nwhere true{where}";
    }

    /// <summary>The column that tells when the output of a cell was made: an hour, or the first day of what it covers.</summary>
    public string Time { get; }

    /// <summary>Whether there is hardly more than one cell for each item of a period and group: reading them takes a sixth of adding them up in the database.</summary>
    public bool IsGrouped { get; }

    /// <summary>What a cell covers.</summary>
    public Frequency Grain { get; }

    /// <summary>From where, and under which conditions.</summary>
    public string From { get; }

    /// <summary>The place of a further parameter's value, as the text names it.</summary>
    public string Add(NpgsqlParameter parameter)
    {
        _parameters.Add(parameter);
        return string.Create(CultureInfo.InvariantCulture, $"${_parameters.Count}");
    }

    /// <summary>A command with the parameters that <see cref="From"/> names.</summary>
    public NpgsqlCommand CommandOf(NpgsqlConnection connection, string text)
    {
        var command = new NpgsqlCommand(text, connection);
        foreach (var parameter in _parameters)
            command.Parameters.Add(parameter);
        return command;
    }

    // Cells of some models, told apart by nothing that a cell has not in itself: the numbers of their items say which, and nothing is joined.
    private static bool AsksForItemsAlone(FigureRequest request) =>
        request.Cells is not (CellSelection.Production or CellSelection.Purchases) && request.Filters.ContainsKey(Dimension.Model)
        && request.By.All(d => d == Dimension.Sector) && request.Filters.Keys.All(d => d is Dimension.Model or Dimension.Producer or Dimension.Sector);

    private static string Joins(FigureRequest request, CellTable table)
    {
        var used = request.By.Concat(request.Filters.Keys).ToHashSet();
        // A margin has what it needs of its items in itself.
        var items = table.IsMargin ? " cross join lateral (select d.producer_id, d.token_class, d.service_tier) i"
            : used.Any(d => d != Dimension.Sector) || request.Cells == CellSelection.Production ? " join items i on i.id = d.item_id"
            : "";
        var models = used.Contains(Dimension.Model) ? " join models m on m.id = i.model_id" : "";
        // No producer has the number 0: where nobody bought, the second row of a cell is left out by the join.
        return items + models + request.Cells switch
        {
            CellSelection.Production =>
                " cross join lateral (values (i.producer_id, false), (d.buyer_id, true)) u (producer_id, is_purchase) join producers p on p.id = u.producer_id",
            CellSelection.Purchases when used.Contains(Dimension.Producer) => " join producers p on p.id = d.buyer_id",
            _ when used.Contains(Dimension.Producer) => " join producers p on p.id = i.producer_id",
            _ => "",
        };
    }

    private static object? Bound(FigureRequest request, DateTimeOffset? instant) =>
        instant is not { } at ? null : request.IsByHour ? at.ToUniversalTime() : DateOnly.FromDateTime(at.UtcDateTime);

    private string Value(object value) => Add(new NpgsqlParameter { Value = value });

    private void And(StringBuilder where, string condition, object? value)
    {
        if (value is null)
            return;
        where.Append(" and ").Append(condition).Append(Value(value));
    }

    // Who made it; of purchases and of both sides at once the filter means somebody else.
    private void AndOfProducers(StringBuilder where, string row, FigureRequest request)
    {
        if (request.Cells is CellSelection.Production or CellSelection.Purchases || !request.Filters.TryGetValue(Dimension.Producer, out var producers))
            return;
        where.Append(CultureInfo.InvariantCulture, $" and {row}.producer_id = any (array(select id from producers where slug = any ({Value(producers.Cast<string>().ToArray())})))");
    }

    private void AndIn(StringBuilder where, Dimension dimension, IReadOnlyList<object> values, bool byItems)
    {
        object array = values.Count == 0 || values[0] is string ? values.Cast<string>().ToArray() : values.Cast<short>().ToArray();
        var parameter = Value(array);
        var condition = $"{dimension.Column()} = any ({parameter})";
        if (dimension == Dimension.Model)
            condition = _models = $"({condition} or m.id in (select model_id from model_aliases where alias = any ({parameter})))";
        if (!byItems)
            where.Append(CultureInfo.InvariantCulture, $" and {condition}");
    }
}
