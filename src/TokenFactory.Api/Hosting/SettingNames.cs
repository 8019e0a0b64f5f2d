using System.Reflection;
using Microsoft.Extensions.Options;

namespace TokenFactory.Api.Hosting;

/// <summary>
/// The names of all settings: the properties of every <c>*Options</c> class, in its <c>Section</c> or else in <c>TokenFactory</c>. A name that
/// is none of them would be read by nobody: misspelt, <c>PublicFigures=false</c> would leave figures public.
/// </summary>
internal static class SettingNames
{
    private const string Root = "TokenFactory";

    private static readonly ILookup<string, string> BySection = typeof(SettingNames).Assembly.GetTypes()
        .Where(type => type is { IsClass: true, IsSealed: true, IsNested: false } && type.Name.EndsWith("Options", StringComparison.Ordinal))
        .SelectMany(type => type.GetProperties().Where(p => p.CanWrite).Select(p => (Section: SectionOf(type), p.Name)))
        .ToLookup(known => known.Section, known => known.Name, StringComparer.OrdinalIgnoreCase);

    /// <exception cref="OptionsValidationException">The configuration sets something that there is not.</exception>
    public static void Check(IConfiguration configuration)
    {
        var unknown = UnknownOf(configuration.GetSection(Root)).Concat(BySection.Select(s => s.Key).Where(s => s != Root)
            .SelectMany(section => UnknownOf(configuration.GetSection(section)))).ToList();
        if (unknown.Count > 0)
            throw new OptionsValidationException(Root, typeof(SettingNames), unknown);
    }

    private static IEnumerable<string> UnknownOf(IConfigurationSection section)
    {
        var subsections = BySection.Select(s => s.Key).Where(s => s.StartsWith(section.Path + ":", StringComparison.OrdinalIgnoreCase))
            .Select(s => s[(section.Path.Length + 1)..]);
        var known = BySection[section.Path].Concat(subsections).Order(StringComparer.Ordinal).ToList();
        return section.GetChildren().Where(child => !known.Contains(child.Key, StringComparer.OrdinalIgnoreCase)).Select(child =>
            $"There is no setting {child.Path.Replace(":", "__", StringComparison.Ordinal)}. {section.Path.Replace(":", "__", StringComparison.Ordinal)} has: {string.Join(", ", known)}.");
    }

    private static string SectionOf(Type options) =>
        options.GetField("Section", BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() as string ?? Root;
}
