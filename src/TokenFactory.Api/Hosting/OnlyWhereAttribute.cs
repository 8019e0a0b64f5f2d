using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace TokenFactory.Api.Hosting;

/// <summary>
/// A member that only some answers have: JSON has it where another property of the same object, of any visibility, is true. There it is
/// written even when it is null, so that what was asked for and has no value is told from what was not asked for.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OnlyWhereAttribute(string property) : Attribute
{
    /// <summary>The name of the property that decides, as the code has it.</summary>
    public string Property { get; } = property;

    /// <summary>Makes the members of a type heed it.</summary>
    public static void Apply(JsonTypeInfo type)
    {
        foreach (var member in type.Properties)
        {
            if (member.AttributeProvider?.GetCustomAttributes(typeof(OnlyWhereAttribute), inherit: true) is not [OnlyWhereAttribute only, ..])
                continue;
            var condition = type.Type.GetProperty(only.Property, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                ?? throw new InvalidOperationException($"{type.Type} has no property {only.Property}.");
            // Compiled: it is asked for every row.
            var owner = Expression.Parameter(typeof(object));
            var isThere = Expression.Lambda<Func<object, bool>>(Expression.Property(Expression.Convert(owner, type.Type), condition), owner).Compile();
            member.ShouldSerialize = (row, _) => isThere(row);
        }
    }
}
