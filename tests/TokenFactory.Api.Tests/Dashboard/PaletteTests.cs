using System.Globalization;
using System.Text.RegularExpressions;

namespace TokenFactory.Api.Tests.Dashboard;

/// <summary>The colours of series, as every colour vision sees them.</summary>
public sealed partial class PaletteTests
{
    private const double LeastDistance = 15;
    private const double LeastContrast = 3;

    // Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency" (2009), severity 1, on linear RGB.
    private static readonly Dictionary<string, double[]> Visions = new()
    {
        ["full"] = [1, 0, 0, 0, 1, 0, 0, 0, 1],
        ["protanopia"] = [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
        ["deuteranopia"] = [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881],
        ["tritanopia"] = [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900],
    };

    public static TheoryData<string, string> EachThemeAndVision()
    {
        var cases = new TheoryData<string, string>();
        foreach (var theme in (string[])["light", "dark"])
        foreach (var vision in Visions.Keys)
            cases.Add(theme, vision);
        return cases;
    }

    [Theory, MemberData(nameof(EachThemeAndVision))]
    public void No_two_series_look_alike_to_any_colour_vision(string theme, string vision)
    {
        var palette = Palette.Read(theme);
        var colours = palette.Series.Append(palette.Ink).ToList();
        var seen = colours.Select(c => Lab(Through(Visions[vision], Linear(c)))).ToList();

        var nearest = (from a in Enumerable.Range(0, seen.Count) from b in Enumerable.Range(a + 1, seen.Count - a - 1)
                       orderby Distance(seen[a], seen[b]) select (Distance: Distance(seen[a], seen[b]), Pair: $"{colours[a]} and {colours[b]}")).First();

        nearest.Distance.Should().BeGreaterThan(LeastDistance, $"{nearest.Pair} must be told apart with {vision}");
    }

    [Theory, InlineData("light"), InlineData("dark")]
    public void Each_series_stands_out_from_its_card(string theme)
    {
        var palette = Palette.Read(theme);

        foreach (var colour in palette.Series.Append(palette.Ink))
            Contrast(colour, palette.Card).Should().BeGreaterThanOrEqualTo(LeastContrast, $"{colour} is drawn on {palette.Card} (WCAG 2.2, 1.4.11)");
    }

    [Fact]
    public void Red_and_green_of_one_lightness_would_be_found_out()
    {
        var (red, green) = (Linear("#c04040"), Linear("#6f7a30"));

        Distance(Lab(red), Lab(green)).Should().BeGreaterThan(LeastDistance);
        Distance(Lab(Through(Visions["deuteranopia"], red)), Lab(Through(Visions["deuteranopia"], green))).Should().BeLessThan(LeastDistance);
    }

    private static double[] Linear(string colour) => [.. Enumerable.Range(0, 3).Select(i =>
    {
        var part = int.Parse(colour.AsSpan(1 + (2 * i), 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
        return part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4);
    })];

    private static double[] Through(double[] vision, double[] rgb) =>
        [.. Enumerable.Range(0, 3).Select(i => (vision[3 * i] * rgb[0]) + (vision[(3 * i) + 1] * rgb[1]) + (vision[(3 * i) + 2] * rgb[2]))];

    private static double Luminance(double[] rgb) => (0.2126 * rgb[0]) + (0.7152 * rgb[1]) + (0.0722 * rgb[2]);

    // CIE 1976 L*a*b*, from sRGB's primaries and white D65.
    private static double[] Lab(double[] rgb)
    {
        var x = F(((0.4124 * rgb[0]) + (0.3576 * rgb[1]) + (0.1805 * rgb[2])) / 0.95047);
        var y = F(Luminance(rgb));
        var z = F(((0.0193 * rgb[0]) + (0.1192 * rgb[1]) + (0.9505 * rgb[2])) / 1.08883);
        return [(116 * y) - 16, 500 * (x - y), 200 * (y - z)];

        static double F(double t) => t > 0.008856 ? Math.Cbrt(t) : (7.787 * Math.Max(t, 0)) + (16.0 / 116);
    }

    private static double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (p, q) => (p - q) * (p - q)).Sum());

    private static double Contrast(string a, string b)
    {
        var (lighter, darker) = (Luminance(Linear(a)), Luminance(Linear(b)));
        return (Math.Max(lighter, darker) + 0.05) / (Math.Min(lighter, darker) + 0.05);
    }

    private sealed partial record Palette(IReadOnlyList<string> Series, string Ink, string Card)
    {
        public static Palette Read(string theme)
        {
            var script = File.ReadAllText(DashboardFiles.Find("palette.js"));
            var series = Regex.Match(script, $@"const {theme} = \[(.*?)\];");
            var rest = Regex.Match(script, $@"name: ""{theme}"".*?ink: ""(#\w+)"".*?card: ""(#\w+)""");
            series.Success.Should().BeTrue();
            rest.Success.Should().BeTrue();
            return new Palette([.. Colours().Matches(series.Groups[1].Value).Select(m => m.Value)], rest.Groups[1].Value, rest.Groups[2].Value);
        }

        [GeneratedRegex("#[0-9a-f]{6}")]
        private static partial Regex Colours();
    }
}
