using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Tests.Docs;

/// <summary>The page on operations names every setting, with the default and the bounds that it really has.</summary>
public sealed class SettingsPageTests
{
    private static readonly List<(Type Type, PropertyInfo Property)> Settings =
    [
        .. from type in typeof(HostingOptions).Assembly.GetTypes()
           where type.IsClass && type.Name.EndsWith("Options", StringComparison.Ordinal) && type.Namespace!.StartsWith("TokenFactory.Api.", StringComparison.Ordinal)
           from property in type.GetProperties()
           where property.CanWrite
           select (type, property),
    ];

    [Fact]
    public void Every_setting_is_on_the_page_with_its_default_and_bounds()
    {
        var rows = Page.Read("docs/operations.md").Text.Split('\n').Where(line => line.StartsWith("| `TokenFactory__", StringComparison.Ordinal))
            .Select(line => line.Trim('|', ' ').Split('|', StringSplitOptions.TrimEntries)).ToDictionary(cells => cells[0].Trim('`'), cells => (Default: cells[1], Bounds: cells[2]));

        rows.Keys.Should().BeEquivalentTo(Settings.Select(s => NameOf(s.Type, s.Property)));
        foreach (var (type, property) in Settings)
        {
            var name = NameOf(type, property);
            rows[name].Default.Should().StartWith(DefaultOf(type, property), $"that is the default of {name}");
            if (property.GetCustomAttribute<RangeAttribute>() is { } range)
                rows[name].Bounds.Should().Be($"{Text(range.Minimum)} to {Text(range.Maximum)}", $"those are the bounds of {name}");
        }
    }

    [Fact]
    public void The_settings_are_found_where_they_are()
    {
        Settings.Select(s => NameOf(s.Type, s.Property)).Should().OnlyHaveUniqueItems()
            .And.Contain(["TokenFactory__PublicFigures", "TokenFactory__DataFolder", "TokenFactory__Ingestion__MaxBodyBytes", "TokenFactory__RollUp__Enabled"]);
    }

    private static string NameOf(Type type, PropertyInfo property)
    {
        var section = (string?)type.GetField("Section", BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() ?? HostingOptions.Section;
        return $"{section.Replace(":", "__", StringComparison.Ordinal)}__{property.Name}";
    }

    private static string DefaultOf(Type type, PropertyInfo property) => property.GetValue(Activator.CreateInstance(type)) switch
    {
        null => "none",
        bool yes => yes ? "`true`" : "`false`",
        string text => $"`{text}`",
        var number => Text(number),
    };

    // A bound beyond an int is a double, which would be written 1E+15.
    private static string Text(object number) => Convert.ToDecimal(number, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);
}
