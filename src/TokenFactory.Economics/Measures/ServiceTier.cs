namespace TokenFactory.Economics.Measures;

/// <summary>The quality of service that was bought. The numeric values are stored; never renumber them.</summary>
public enum ServiceTier : short
{
    Standard = 1,
    Batch = 2,
    Priority = 3,
    Flex = 4,
}
