using System.Diagnostics.CodeAnalysis;
using TokenFactory.Economics.Measures;

namespace TokenFactory.Economics.Usage;

/// <summary>Tokens of one class in a usage.</summary>
/// <param name="Quantity">1..10^15 tokens.</param>
public readonly record struct UsageLeaf(TokenClass TokenClass, long Quantity);

/// <summary>
/// What a profile made of a provider's usage object: disjoint leaves that sum to the provider's total, or the first reason why it could
/// not be read. Nothing in between: a usage that does not add up is never clamped and never guessed.
/// </summary>
public sealed class UsageReading
{
    private UsageReading(IReadOnlyList<UsageLeaf> leaves, long total, UsageViolation? violation)
    {
        Leaves = leaves;
        Total = total;
        Violation = violation;
    }

    /// <summary>
    /// The classes of which there are tokens, in the order of their stored numbers. Empty where the provider reports no tokens at all (a
    /// request that was refused, say), which is a reading and no violation; also empty beside a violation.
    /// </summary>
    public IReadOnlyList<UsageLeaf> Leaves { get; }

    /// <summary>
    /// Tokens: the total that the provider states, or, where it states none, what its documented fields add up to. Always the sum of
    /// <see cref="Leaves"/>; 0 beside a violation.
    /// </summary>
    public long Total { get; }

    /// <summary>Null when the usage was read.</summary>
    public UsageViolation? Violation { get; }

    /// <summary>
    /// What the usage tells of the requests in it beyond its profile, as it is kept behind the profile's version; null: nothing. <see cref="UsageProfiles.RequestsOf"/>
    /// reads it again.
    /// </summary>
    public string? Requests { get; private init; }

    [MemberNotNullWhen(false, nameof(Violation))]
    public bool IsRead => Violation is null;

    internal static UsageReading Of(IReadOnlyList<UsageLeaf> leaves, long total) => new(leaves, total, null);

    internal UsageReading Telling(string? requests) => new(Leaves, Total, Violation) { Requests = requests };

    internal static UsageReading Refused(UsageViolation violation) => new([], 0, violation);

    internal static UsageReading Refused(string code, string detail) => Refused(new UsageViolation(code, detail));
}

/// <summary>Why a usage object could not be read.</summary>
/// <param name="Code">One of the constants here.</param>
/// <param name="Detail">One sentence. It names fields and numbers and repeats no text of the sender's.</param>
public sealed record UsageViolation(string Code, string Detail)
{
    /// <summary>A part is greater than the whole that is said to include it.</summary>
    public const string NegativeLeaf = "negative_leaf";

    /// <summary>The parts do not sum to the whole that the provider states.</summary>
    public const string SumMismatch = "sum_mismatch";

    /// <summary>A field that the shape always has is absent or null.</summary>
    public const string MissingField = "missing_field";

    /// <summary>A field that holds a number holds something else.</summary>
    public const string NotANumber = "not_a_number";

    /// <summary>A number of tokens is written with a fraction or an exponent.</summary>
    public const string NotWhole = "not_whole";

    /// <summary>A number of tokens is outside 0..10^15.</summary>
    public const string OutOfRange = "out_of_range";

    /// <summary>A field that holds an object or a list holds something else.</summary>
    public const string WrongType = "wrong_type";

    /// <summary>Two fields that repeat each other differ.</summary>
    public const string Contradiction = "contradiction";

    /// <summary>Parts overlap by an amount that the usage does not tell: cached tokens and those of a medium, say.</summary>
    public const string AmbiguousOverlap = "ambiguous_overlap";

    /// <summary>A field of another shape holds tokens: whether the wholes include them, nobody knows.</summary>
    public const string UnreadField = "unread_field";

    /// <summary>A text holds bytes or escapes that are not valid Unicode.</summary>
    public const string InvalidText = "invalid_text";

    /// <summary>No usage profile has the name.</summary>
    public const string UnknownProfile = "unknown_profile";
}
