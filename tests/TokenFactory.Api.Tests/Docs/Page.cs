using System.Text.RegularExpressions;
using TokenFactory.Api.Tests.Infrastructure;

namespace TokenFactory.Api.Tests.Docs;

/// <summary>A fenced block of a page.</summary>
/// <param name="Line">The line of its first text.</param>
/// <param name="Language">The first word behind the fence.</param>
/// <param name="Status">The status that an answer must have, where <c>status=409</c> stands behind the fence; else any success.</param>
/// <param name="Text">What is in it.</param>
internal sealed record Block(int Line, string Language, int? Status, string Text);

/// <summary>A page of the documentation.</summary>
internal sealed partial record Page(string Name, string Text)
{
    /// <summary>The README and the guide, in the order in which they are read.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "README.md",
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace(Path.DirectorySeparatorChar, '/')).Order(StringComparer.Ordinal),
    ];

    public static Page Read(string name) => new(name, File.ReadAllText(Path.Combine(Repository.Root, name)).ReplaceLineEndings("\n"));

    public IEnumerable<Block> Blocks()
    {
        foreach (Match fence in Fence().Matches(Text))
        {
            var info = fence.Groups["info"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var status = info.Select(word => StatusWord().Match(word)).FirstOrDefault(m => m.Success);
            yield return new Block(
                Text.AsSpan(0, fence.Groups["text"].Index).Count('\n') + 1,
                info.FirstOrDefault() ?? "",
                status is null ? null : int.Parse(status.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture),
                fence.Groups["text"].Value);
        }
    }

    /// <summary>The targets of the links to other files of the repository, without their anchors.</summary>
    public IEnumerable<(string Target, string Anchor)> Links() => Link().Matches(Fence().Replace(Text, ""))
        .Select(m => m.Groups[1].Value).Where(target => !target.Contains("://", StringComparison.Ordinal))
        .Select(target => target.Split('#', 2)).Select(parts => (parts[0], parts.Length > 1 ? parts[1] : ""));

    /// <summary>The anchors of the headings, as a Markdown viewer makes them.</summary>
    public IEnumerable<string> Anchors() => Heading().Matches(Fence().Replace(Text, ""))
        .Select(m => NotInAnchors().Replace(m.Groups[1].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"^```(?<info>[^\n`]*)\n(?<text>.*?)^```\n", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^status=(\d{3})$")]
    private static partial Regex StatusWord();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();
}
