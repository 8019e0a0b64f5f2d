namespace TokenFactory.Economics.Measures;

/// <summary>Tokens of one class in one event: a whole number in 0..<see cref="Maximum"/>.</summary>
public static class Quantity
{
    /// <summary>
    /// 10^15 tokens. The bound keeps every amount (at most 10^15 currency units, 12 decimals) inside <see cref="decimal"/>'s 28 digits.
    /// </summary>
    public const long Maximum = 1_000_000_000_000_000;
}
