using System.Globalization;
using TokenFactory.Api.Hosting;
using TokenFactory.Economics.Statistics;

namespace TokenFactory.Api.Statistics;

/// <summary>How the periods of an index series are tied together.</summary>
internal enum SeriesLinking
{
    /// <summary>Each period against the one before.</summary>
    Chained,

    /// <summary>Each period against the reference period.</summary>
    FixedBase,

    /// <summary>Sub-periods at the average prices of the year before, chained to the annual chain.</summary>
    AnnualOverlap,

    /// <summary>Quarters at the average prices of the year before, chained through the last quarter of that year.</summary>
    OneQuarterOverlap,
}

/// <summary>By what an index series is made.</summary>
internal sealed record IndexSpecification
{
    public required IndexKind Kind { get; init; }

    /// <summary>The formula of each comparison; of no use where <see cref="Multilateral"/> is given.</summary>
    public BilateralFormula Formula { get; init; } = BilateralFormula.Fisher;

    public MultilateralMethod? Multilateral { get; init; }

    public SeriesLinking Linking { get; init; } = SeriesLinking.Chained;

    public ItemSelection Items { get; init; } = ItemSelection.Union;

    /// <summary>Periods of a rolling window; null: all in one.</summary>
    public int? Window { get; init; }

    public Splice Splice { get; init; } = Splice.MeanPub;

    /// <summary>The period that weighs Lowe and Young; null: the reference period.</summary>
    public Period? Weights { get; init; }

    /// <summary>The elasticity of Lloyd-Moulton.</summary>
    public double Sigma { get; init; } = Bilateral.DefaultSigma;

    /// <summary>The period that is 100; null: of each group the first with data.</summary>
    public Period? Reference { get; init; }

    /// <summary>What is told of the index beside its level.</summary>
    public Transformation Units { get; init; } = Transformation.Lin;

    /// <summary>The name of the method, as a query gives it.</summary>
    public string Method => Multilateral is { } multilateral ? WireJson.NameOf(multilateral) : WireJson.NameOf(Formula);

    /// <summary>
    /// The headline Token Index. Years and quarters: chained Fisher over the union of items. What is more frequent drifts when it is chained
    /// (METHODOLOGY, multilateral): GEKS over Fishers, which free items leave defined, in a window of a year and one period (days: of four weeks and one,
    /// hours: of a day and one), spliced by the mean over the published series.
    /// </summary>
    public static IndexSpecification Headline(IndexKind kind, Frequency frequency, Period? reference) => frequency switch
    {
        Frequency.Year or Frequency.Quarter => new IndexSpecification { Kind = kind, Reference = reference },
        _ => new IndexSpecification
        {
            Kind = kind,
            Reference = reference,
            Multilateral = MultilateralMethod.GeksFisher,
            Window = frequency switch { Frequency.Month => 13, Frequency.Week => 53, Frequency.Day => 29, _ => 25 },
        },
    };

    /// <summary>Reads what a query says of it, and tells what does not go together.</summary>
    public static IndexSpecification Read(FigureQuery query, FigureRequest request)
    {
        var multilateral = query.TryChoose<MultilateralMethod>("method");
        var linking = query.Choose("linking", SeriesLinking.Chained);
        var isOverlap = linking is SeriesLinking.AnnualOverlap or SeriesLinking.OneQuarterOverlap;
        var formula = query.TryChoose<BilateralFormula>("method") ?? (isOverlap ? BilateralFormula.Laspeyres : BilateralFormula.Fisher);
        if (multilateral is null)
            query.Allow("method", [.. WireJson.NamesOf(typeof(BilateralFormula)), .. WireJson.NamesOf(typeof(MultilateralMethod))]);
        var specification = new IndexSpecification
        {
            Kind = query.Choose("index", IndexKind.Price),
            Formula = formula,
            Multilateral = multilateral,
            Linking = linking,
            Items = query.Choose("items", ItemSelection.Union),
            Window = query.ReadInteger("window", 2, 1_000),
            Splice = query.Choose("splice", Splice.MeanPub),
            Weights = query.ReadPeriod("weights", request),
            Sigma = query.ReadNumber("sigma", 0, 100) ?? Bilateral.DefaultSigma,
            Reference = query.ReadPeriod("reference", request),
            Units = query.ReadUnits(request.Frequency),
        };
        query.Refuse("linking", multilateral is not null, "A multilateral method compares all periods of its window with each other: leave `linking` out; `window` and `splice` roll it.");
        query.Refuse("items", multilateral is not null || isOverlap, "Only chained and fixed-base comparisons of two periods choose their items.");
        query.Refuse("window", multilateral is null, "Only multilateral methods (`geks_fisher` ... `gk`) have windows: choose one, or leave `window` out.");
        query.Refuse("splice", multilateral is null || specification.Window is null, "Only windows are spliced: give a multilateral method and a `window` too.");
        query.Refuse("weights", multilateral is not null || !LoweYoung.Covers(formula) || isOverlap, "Only `lowe`, `young` and `geometric_young` have a weight period.");
        query.Refuse("sigma", multilateral is not null || formula != BilateralFormula.LloydMoulton || isOverlap, "Only `lloyd_moulton` has an elasticity.");
        if (isOverlap)
            CheckOverlap(query, request, specification);
        return specification;
    }

    /// <summary>What the specification says beside the method, for an answer.</summary>
    public string? SigmaText => Multilateral is null && Formula == BilateralFormula.LloydMoulton ? Sigma.ToString("R", CultureInfo.InvariantCulture) : null;

    private static void CheckOverlap(FigureQuery query, FigureRequest request, IndexSpecification specification)
    {
        if (specification.Multilateral is null && specification.Formula != BilateralFormula.Laspeyres)
            query.Add("method", "not_together", "Overlap linking is of annually chained Laspeyres volumes: `laspeyres`, or leave it out.");
        if (specification.Kind == IndexKind.Value)
            query.Add("index", "not_together", "A value index needs no linking: leave `linking` out.");
        var isFit = request.Frequency == Frequency.Quarter || (request.Frequency == Frequency.Month && specification.Linking == SeriesLinking.AnnualOverlap);
        if (!isFit)
            query.Add("linking", "not_together", "`annual_overlap` is of months or quarters, `one_quarter_overlap` of quarters: choose another `frequency`.");
    }
}
