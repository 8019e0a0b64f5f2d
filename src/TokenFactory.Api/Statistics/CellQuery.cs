using System.Globalization;
using System.Text;
using Npgsql;

namespace TokenFactory.Api.Statistics;

/// <summary>
/// The cells that a request asks for, as SQL: the roll-up as <c>d</c>, joined with what its groups and filters name. Only names from this
/// folder reach the text; every value is a parameter.
/// </summary>
internal sealed class CellQuery
{
    private readonly List<NpgsqlParameter> _parameters;

    /// <param name="request">What is asked for.</param>
    /// <param name="join">A further join with its own parameters, from $1 on.</param>
    /// <param name="parameters">The values of these.</param>
    public CellQuery(FigureRequest request, string join = "", params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        _parameters = [.. parameters];
        var where = new StringBuilder();
        // Keys of cells begin with the source: with every source named, a window reads its own cells and not the whole ledger's.
        if (request.ReadFrom is not null || request.End is not null)
            where.Append(" and d.source_id = any (array(select id from sources))");
        var time = request.IsByHour ? "d.hour" : "d.day";
        And(where, $"{time} >= ", Bound(request, request.ReadFrom));
        And(where, $"{time} < ", Bound(request, request.End));
        if (request is { Lookback: { } lookback, Start: { } start } && lookback.End < start)
            where.Append(CultureInfo.InvariantCulture, $" and not ({time} >= {Value(Bound(request, lookback.End)!)} and {time} < {Value(Bound(request, start)!)})");
        And(where, "d.vintage <= ", request.AsOf);
        foreach (var (dimension, values) in request.Filters)
            AndIn(where, dimension, values);
        where.Append(request.Cells switch
        {
            CellSelection.FinalUse => " and d.buyer_id = 0",
            CellSelection.Purchases => " and d.buyer_id <> 0",
            _ => "",
        });
        From = $"from {(request.IsByHour ? "rollup_hour" : "rollup_day")} d{Joins(request)}{join}\nwhere true{where}";
    }

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

    private static string Joins(FigureRequest request)
    {
        var used = request.By.Concat(request.Filters.Keys).ToHashSet();
        var items = used.Any(d => d != Dimension.Sector) || request.Cells == CellSelection.Production ? " join items i on i.id = d.item_id" : "";
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

    private void AndIn(StringBuilder where, Dimension dimension, IReadOnlyList<object> values)
    {
        object array = values.Count == 0 || values[0] is string ? values.Cast<string>().ToArray() : values.Cast<short>().ToArray();
        var parameter = Value(array);
        where.Append(CultureInfo.InvariantCulture, $" and ({dimension.Column()} = any ({parameter})");
        if (dimension == Dimension.Model)
            where.Append(CultureInfo.InvariantCulture, $" or m.id in (select model_id from model_aliases where alias = any ({parameter}))");
        where.Append(')');
    }
}
