namespace TokenFactory.Economics.Measures;

/// <summary>What token classes have in common.</summary>
public static class TokenClasses
{
    /// <summary>Whether the class is part of what a request sends, read from and written to the cache too: what context tiers are measured by.</summary>
    public static bool IsInput(this TokenClass tokenClass) => tokenClass < TokenClass.Output;
}
