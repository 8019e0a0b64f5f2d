namespace TokenFactory.Economics.Statistics;

/// <summary>
/// Where a new window is spliced onto what is published: the period j of the new window (0: its first, W - 1: its last) at which the two are
/// made to agree. The first four compare with the window before, the last three with the published series. See <see cref="RollingWindow"/>.
/// </summary>
public enum Splice
{
    /// <summary>j = W - 2: the last movement of the new window continues the series.</summary>
    Movement,

    /// <summary>j = 0: the first period that the two windows share.</summary>
    Window,

    /// <summary>j = floor((W - 1) / 2): the middle.</summary>
    Half,

    /// <summary>The geometric mean over j = 0 .. W - 2.</summary>
    Mean,

    /// <summary>j = 0, on the published series.</summary>
    Wisp,

    /// <summary>j = floor((W - 1) / 2), on the published series.</summary>
    Hasp,

    /// <summary>The geometric mean over j = 0 .. W - 2, on the published series.</summary>
    MeanPub,
}
