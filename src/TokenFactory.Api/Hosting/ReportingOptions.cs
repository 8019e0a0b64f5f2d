namespace TokenFactory.Api.Hosting;

/// <summary>The reporting currency that is asked for. Bound from the configuration section <c>TokenFactory</c>.</summary>
internal sealed class ReportingOptions
{
    /// <summary>ISO 4217 code in which entries are valued and figures published. Fixed once the ledger is made.</summary>
    public string ReportingCurrency { get; set; } = "USD";
}
