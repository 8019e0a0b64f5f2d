using System.Text.RegularExpressions;

namespace TokenFactory.Api.Tests.Dashboard;

/// <summary>What the dashboard says, in each of its languages.</summary>
public sealed partial class WordsTests
{
    [Fact]
    public void Both_languages_say_the_same_things_with_the_same_places()
    {
        var (english, chinese) = (Read("en"), Read("zh"));

        english.Should().HaveCountGreaterThan(200);
        chinese.Keys.Should().BeEquivalentTo(english.Keys);
        foreach (var (key, text) in english)
            Places().Matches(chinese[key]).Select(m => m.Value).Should().BeEquivalentTo(Places().Matches(text).Select(m => m.Value), key);
    }

    [Fact]
    public void Every_word_that_a_page_asks_for_is_there()
    {
        var asked = DashboardFiles.All().Append(DashboardFiles.Page).SelectMany(file => Uses().Matches(File.ReadAllText(file)))
            .Select(m => m.Groups[1].Value + m.Groups[2].Value).ToHashSet();

        asked.Should().HaveCountGreaterThan(100);
        asked.Should().BeSubsetOf(Read("en").Keys);
    }

    [Fact]
    public void No_chinese_text_was_left_in_english()
    {
        // Names, abbreviations and places alone have no sign of the language.
        Read("zh").Where(w => !Han().IsMatch(w.Value)).Select(w => w.Key).Should().BeSubsetOf(["hhi", "cr4", "unit_index", "growth_summary"]);
    }

    private static Dictionary<string, string> Read(string language) =>
        Entries().Matches(File.ReadAllText(DashboardFiles.Find($"words.{language}.js")))
            // A name may be a word too: they stand apart.
            .GroupBy(m => m.Groups[1].Value).SelectMany(g => g.Select((m, i) => (Key: i == 0 ? g.Key : $"{g.Key} ({i})", m.Groups[2].Value)))
            .ToDictionary(e => e.Key, e => e.Value);

    [GeneratedRegex(@"(?<=[{,]\s*)""?([\w-]+)""?: ""((?:[^""\\]|\\.)*)""")]
    private static partial Regex Entries();

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Places();

    [GeneratedRegex(@"\bword\(""([\w-]+)""|data-word(?:-label)?=""([\w-]+)""")]
    private static partial Regex Uses();

    [GeneratedRegex(@"[\u4e00-\u9fff]")]
    private static partial Regex Han();
}
