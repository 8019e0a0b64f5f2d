namespace TokenFactory.Economics.Statistics;

/// <summary>Why an index has no value. Published as the row's <c>null_reason</c>.</summary>
public static class NullReasons
{
    /// <summary>A compared period has no item with a price.</summary>
    public const string EmptyPeriod = "empty_period";

    /// <summary>No item is present in both periods: nothing can be compared, and no price imputed.</summary>
    public const string NoMatchedItems = "no_matched_items";

    /// <summary>The formula, or the imputation of a price, divides by zero, because everything that it weighs was free.</summary>
    public const string ZeroPrice = "zero_price";

    /// <summary>
    /// A quantity index divides by, or takes the logarithm of, a quantity of 0; or nothing was sold at any of the prices that the formula weighs.
    /// </summary>
    public const string ZeroQuantity = "zero_quantity";

    /// <summary>Between this period and the reference period the chain is broken: no comparison links the two.</summary>
    public const string ChainBroken = "chain_broken";

    /// <summary>The period whose basket weighs a Lowe or Young index is empty, or lies outside the query.</summary>
    public const string NoWeights = "no_weight_period";

    /// <summary>Value added, at the prices of one of the two periods, is not above 0: nothing can be divided by it.</summary>
    public const string NonpositiveValueAdded = "nonpositive_value_added";

    /// <summary>The value is below 0, because corrections outweigh what they correct.</summary>
    public const string NegativeValue = "negative_value";

    /// <summary>The reference period has no level, or lies outside the query.</summary>
    public const string NoReference = "no_reference_period";

    /// <summary>The numbers are too large or too small for the arithmetic.</summary>
    public const string OutOfRange = "out_of_range";
}

/// <summary>An index number, or why there is none; never a NaN or an infinity.</summary>
public readonly record struct IndexValue
{
    private IndexValue(double? value, string? nullReason)
    {
        Value = value;
        NullReason = nullReason;
    }

    /// <summary>The ratio of period 1 to period 0 (1 = no change); null with a reason.</summary>
    public double? Value { get; }

    /// <summary>One of <see cref="NullReasons"/>; null when there is a value.</summary>
    public string? NullReason { get; }

    /// <summary>No value.</summary>
    /// <param name="reason">One of <see cref="NullReasons"/>.</param>
    public static IndexValue Null(string reason) => new(null, reason);

    /// <summary>A value at least 0; null with <see cref="NullReasons.OutOfRange"/> for anything else.</summary>
    public static IndexValue Of(double value) => double.IsFinite(value) && value >= 0 ? new IndexValue(value, null) : Null(NullReasons.OutOfRange);

    /// <summary>numerator / denominator; null with <see cref="NullReasons.ZeroPrice"/> where the denominator is zero.</summary>
    public static IndexValue Ratio(double numerator, double denominator) =>
        denominator == 0 ? Null(NullReasons.ZeroPrice) : Of(numerator / denominator);
}
