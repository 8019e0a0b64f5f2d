namespace TokenFactory.Economics.Statistics;

/// <summary>
/// Chained volumes of value added by double deflation: each link is <see cref="ValueAdded.Volume"/> over the union of the outputs and over that of the
/// inputs of two periods, and links are chained as those of any index are. A producer that bought nothing has the Fisher quantity index of its output.
/// </summary>
public static class ValueAddedSeries
{
    /// <summary>
    /// Compiles the series, reference period = 100. A period whose value added is not above 0 has no level, with
    /// <see cref="NullReasons.NonpositiveValueAdded"/>, and the chain links across it. Where none of the inputs of two periods match, because buying has
    /// only begun or has ended, their missing prices are imputed at the mean of the matched outputs: the input's own mean is not known.
    /// </summary>
    /// <param name="outputs">What was made, one per period, in order; empty ones included.</param>
    /// <param name="inputs">What was bought to make it, likewise.</param>
    /// <param name="reference">The place of the reference period; -1: it is not among them.</param>
    /// <returns>One per period; matched share, new and vanished items are those of the outputs.</returns>
    /// <exception cref="ArgumentException">The two sides differ in length.</exception>
    public static IReadOnlyList<IndexPoint> Compile(IReadOnlyList<Basket> outputs, IReadOnlyList<Basket> inputs, int reference)
    {
        if (outputs.Count != inputs.Count)
            throw new ArgumentException("One basket of inputs for each of outputs.", nameof(inputs));
        var present = new Basket[outputs.Count];
        for (var t = 0; t < present.Length; t++)
            present[t] = outputs[t].IsEmpty ? inputs[t] : outputs[t];
        if (reference < 0 || reference >= present.Length || !IsPositive(outputs[reference], inputs[reference]))
        {
            var why = reference < 0 || reference >= present.Length || present[reference].IsEmpty ? NullReasons.NoReference : NullReasons.NonpositiveValueAdded;
            return [.. present.Select(basket => new IndexPoint(null, basket.IsEmpty ? NullReasons.EmptyPeriod : why, null, 0, 0))];
        }

        return IndexChain.Compile(present, reference, IndexKind.Quantity,
            (from, to) => Compare((outputs[from], inputs[from]), (outputs[to], inputs[to])) with { ComparedWith = from });
    }

    /// <summary>The place of the first period whose value added is above 0; -1: there is none.</summary>
    public static int FirstPositive(IReadOnlyList<Basket> outputs, IReadOnlyList<Basket> inputs)
    {
        for (var t = 0; t < outputs.Count; t++)
        {
            if (IsPositive(outputs[t], inputs[t]))
                return t;
        }

        return -1;
    }

    private static bool IsPositive(Basket output, Basket input) => output.Value > input.Value;

    private static IndexPoint Compare((Basket Output, Basket Input) @base, (Basket Output, Basket Input) current)
    {
        var outputs = BilateralBasket.Of(@base.Output, current.Output, ItemSelection.Union);
        var link = IsPositive(@base.Output, @base.Input) && IsPositive(current.Output, current.Input)
            ? ValueAdded.Volume(outputs, InputsOf(@base, current))
            : IndexValue.Null(NullReasons.NonpositiveValueAdded);
        var level = link.Value is { } value ? IndexValue.Of(value * 100) : link;
        return new IndexPoint(level.Value, level.NullReason, outputs.MatchedShare, outputs.NewItems, outputs.VanishedItems);
    }

    private static BilateralBasket InputsOf((Basket Output, Basket Input) @base, (Basket Output, Basket Input) current)
    {
        var inputs = BilateralBasket.Of(@base.Input, current.Input, ItemSelection.Union);
        if (inputs.NullReason != NullReasons.NoMatchedItems)
            return inputs;
        var mean = Bilateral.Fisher(BilateralBasket.Of(@base.Output, current.Output, ItemSelection.Matched));
        return mean.Value is > 0 and var matched ? BilateralBasket.OfUnion(@base.Input, current.Input, matched) : inputs;
    }
}
