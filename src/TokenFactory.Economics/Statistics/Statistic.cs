namespace TokenFactory.Economics.Statistics;

/// <summary>
/// A computed figure of any sign, or why there is none; never a NaN or an infinity. Index numbers, which are never negative, are
/// <see cref="IndexValue"/>. <c>default</c> has neither value nor reason and stands for nothing.
/// </summary>
public readonly record struct Statistic
{
    private Statistic(double? value, string? nullReason)
    {
        Value = value;
        NullReason = nullReason;
    }

    /// <summary>In the unit that its owner states; null with a reason.</summary>
    public double? Value { get; }

    /// <summary>One of <see cref="NullReasons"/>, or of the reasons of what computed it; null when there is a value.</summary>
    public string? NullReason { get; }

    /// <summary>No value.</summary>
    public static Statistic Null(string reason) => new(null, reason);

    /// <summary>A finite value; null with <see cref="NullReasons.OutOfRange"/> for anything else.</summary>
    public static Statistic Of(double value) => double.IsFinite(value) ? new Statistic(value, null) : Null(NullReasons.OutOfRange);

    /// <summary>A figure made of this one; the reason stays where there is no value.</summary>
    public Statistic Then(Func<double, double> next) => Value is { } value ? Of(next(value)) : this;
}

/// <summary>A confidence interval, both ends included, or why there is none; never a NaN or an infinity.</summary>
public readonly record struct Interval
{
    private Interval(double? lower, double? upper, string? nullReason)
    {
        Lower = lower;
        Upper = upper;
        NullReason = nullReason;
    }

    /// <summary>The smaller end; null with a reason.</summary>
    public double? Lower { get; }

    /// <summary>The larger end; null with a reason.</summary>
    public double? Upper { get; }

    /// <summary>One of <see cref="NullReasons"/>, or of the reasons of what computed it; null when there is an interval.</summary>
    public string? NullReason { get; }

    /// <summary>No interval.</summary>
    public static Interval Null(string reason) => new(null, null, reason);

    /// <summary>The interval between two finite ends, in either order; null with <see cref="NullReasons.OutOfRange"/> for anything else.</summary>
    public static Interval Of(double one, double other) => double.IsFinite(one) && double.IsFinite(other)
        ? new Interval(Math.Min(one, other), Math.Max(one, other), null)
        : Null(NullReasons.OutOfRange);

    /// <summary>The interval of a figure that only rises, or only falls, with this one.</summary>
    public Interval Then(Func<double, double> monotone) =>
        Lower is { } lower && Upper is { } upper ? Of(monotone(lower), monotone(upper)) : this;
}
