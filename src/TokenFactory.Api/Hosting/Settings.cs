using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace TokenFactory.Api.Hosting;

/// <summary>
/// Looks at every setting before anything is started: the properties of every <c>*Options</c> class, in its <c>Section</c> or else in
/// <c>TokenFactory</c>. A name that is none of them would be read by nobody: misspelt, <c>PublicFigures=false</c> would leave figures public.
/// </summary>
internal static class Settings
{
    private const string Root = "TokenFactory";

    private static readonly ILookup<string, Type> BySection = typeof(Settings).Assembly.GetTypes()
        .Where(type => type is { IsClass: true, IsSealed: true, IsNested: false } && type.Name.EndsWith("Options", StringComparison.Ordinal))
        .ToLookup(SectionOf, StringComparer.OrdinalIgnoreCase);

    /// <exception cref="OptionsValidationException">The configuration sets something that there is not, can't be read or is out of its bounds.</exception>
    public static void Check(IConfiguration configuration)
    {
        var faults = BySection.SelectMany(section => FaultsOf(configuration.GetSection(section.Key), [.. section])).ToList();
        if (faults.Count > 0)
            throw new OptionsValidationException(Root, typeof(Settings), faults);
    }

    private static IEnumerable<string> FaultsOf(IConfigurationSection section, Type[] types)
    {
        var properties = types.SelectMany(t => t.GetProperties().Where(p => p.CanWrite)).ToDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase);
        var subsections = BySection.Select(s => s.Key).Where(s => s.StartsWith(section.Path + ":", StringComparison.OrdinalIgnoreCase))
            .Select(s => s[(section.Path.Length + 1)..]);
        var known = properties.Keys.Concat(subsections).Order(StringComparer.Ordinal).ToList();
        foreach (var setting in section.GetChildren())
        {
            if (properties.TryGetValue(setting.Key, out var property))
            {
                if (FaultOf(setting, property) is { } fault)
                    yield return fault;
            }
            else if (!known.Contains(setting.Key, StringComparer.OrdinalIgnoreCase))
            {
                yield return $"There is no setting {NameOf(setting)}. {NameOf(section)} has: {string.Join(", ", known)}.";
            }
        }
    }

    // The value itself is not repeated: it may be a secret.
    private static string? FaultOf(IConfigurationSection setting, PropertyInfo property)
    {
        object? value;
        try
        {
            value = setting.Get(property.PropertyType);
        }
        catch (InvalidOperationException)
        {
            return $"{NameOf(setting)} can't be read: it must be {(property.PropertyType == typeof(bool) ? "true or false" : "a whole number")}.";
        }

        return property.GetCustomAttribute<RangeAttribute>() is { } range && value is not null && !range.IsValid(value)
            ? $"{NameOf(setting)} must be in {range.Minimum} to {range.Maximum}."
            : null;
    }

    private static string NameOf(IConfigurationSection section) => section.Path.Replace(":", "__", StringComparison.Ordinal);

    private static string SectionOf(Type options) =>
        options.GetField("Section", BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() as string ?? Root;
}
