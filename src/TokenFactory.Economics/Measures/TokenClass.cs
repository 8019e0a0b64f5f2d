namespace TokenFactory.Economics.Measures;

/// <summary>
/// What a counted token was. The classes are disjoint leaves: their quantities sum to the provider's own total and never overlap
/// (cached input is <see cref="CacheRead"/>, not also <see cref="Input"/>). The numeric values are stored; never renumber them.
/// </summary>
public enum TokenClass : short
{
    Input = 1,
    InputAudio = 2,
    InputImage = 3,
    InputVideo = 4,
    CacheRead = 5,
    CacheWrite = 6,
    CacheWrite1h = 7,
    Output = 8,
    OutputReasoning = 9,
    OutputAudio = 10,
    OutputImage = 11,
    OutputVideo = 12,
}
