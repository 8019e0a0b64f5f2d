using Microsoft.Playwright;

namespace TokenFactory.Api.Tests.Browser;

/// <summary>Who looks at a page: the device and what its owner has set.</summary>
public sealed record Look
{
    public const string English = "en-US";
    public const string Chinese = "zh-CN";

    /// <summary>CSS pixels.</summary>
    public int Width { get; init; } = 1280;

    /// <summary>CSS pixels.</summary>
    public int Height { get; init; } = 900;

    public bool IsDark { get; init; }

    public string Language { get; init; } = English;

    /// <summary>A phone held upright.</summary>
    public static Look Phone { get; } = new() { Width = 375, Height = 812 };

    /// <summary>A screen on a wall.</summary>
    public static Look Wall { get; } = new() { Width = 2560, Height = 1440 };

    internal BrowserNewContextOptions ContextOptions(Uri address) => new()
    {
        BaseURL = address.ToString(),
        ViewportSize = new() { Width = Width, Height = Height },
        ColorScheme = IsDark ? ColorScheme.Dark : ColorScheme.Light,
        Locale = Language,
        TimezoneId = "UTC",
        // Nothing moves: what is looked at is there at once.
        ReducedMotion = ReducedMotion.Reduce,
        Permissions = ["clipboard-read", "clipboard-write"],
        AcceptDownloads = true,
    };
}
