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
        if (request.Start is not null || request.End is not null)
            where.Append(" and d.source_id = any (array(select id from sources))");
        And(where, request.IsByHour ? "d.hour >= " : "d.day >= ", request.IsByHour ? request.Start?.ToUniversalTime() : Day(request.Start));
        And(where, request.IsByHour ? "d.hour < " : "d.day < ", request.IsByHour ? request.End?.ToUniversalTime() : Day(request.End));
        And(where, "d.vintage <= ", request.AsOf);
        foreach (var (dimension, values) in request.Filters)
            AndIn(where, dimension, values);
        From = $"from {(request.IsByHour ? "rollup_hour" : "rollup_day")} d{Joins(request)}{join}\nwhere true{where}";
    }

    /// <summary>From where, and under which conditions.</summary>
    public string From { get; }

    /// <summary>The place of a further parameter's value, as the text names it.</summary>
    public string Add(NpgsqlParameter parameter)
    {
        _parameters.Add(parameter);
        return $"${_parameters.Count}";
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
        return (used.Any(d => d != Dimension.Sector) ? " join items i on i.id = d.item_id" : "")
            + (used.Contains(Dimension.Model) ? " join models m on m.id = i.model_id" : "")
            + (used.Contains(Dimension.Producer) ? " join producers p on p.id = i.producer_id" : "");
    }

    private static DateOnly? Day(DateTimeOffset? instant) => instant is { } at ? DateOnly.FromDateTime(at.UtcDateTime) : null;

    private void And(StringBuilder where, string condition, object? value)
    {
        if (value is null)
            return;
        _parameters.Add(new NpgsqlParameter { Value = value });
        where.Append(" and ").Append(condition).Append('$').Append(_parameters.Count);
    }

    private void AndIn(StringBuilder where, Dimension dimension, IReadOnlyList<object> values)
    {
        object array = values.Count == 0 || values[0] is string ? values.Cast<string>().ToArray() : values.Cast<short>().ToArray();
        _parameters.Add(new NpgsqlParameter { Value = array });
        var parameter = _parameters.Count;
        where.Append(CultureInfo.InvariantCulture, $" and ({dimension.Column()} = any (${parameter})");
        if (dimension == Dimension.Model)
            where.Append(CultureInfo.InvariantCulture, $" or m.id in (select model_id from model_aliases where alias = any (${parameter}))");
        where.Append(')');
    }
}
