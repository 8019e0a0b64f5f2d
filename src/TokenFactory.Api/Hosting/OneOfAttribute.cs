namespace TokenFactory.Api.Hosting;

/// <summary>The values that a query parameter may have, for the API document: Swagger UI offers them to choose from.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
internal class OneOfAttribute(params string[] values) : Attribute
{
    public IReadOnlyList<string> Values { get; } = values;
}

/// <summary>The same, with the names of an enumeration as they are written on the wire.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
internal sealed class OneOfAttribute<T>() : OneOfAttribute([.. WireJson.NamesOf(typeof(T))])
    where T : struct, Enum;

/// <summary>The same, with the names of two.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
internal sealed class OneOfAttribute<TFirst, TSecond>() : OneOfAttribute([.. WireJson.NamesOf(typeof(TFirst)), .. WireJson.NamesOf(typeof(TSecond))])
    where TFirst : struct, Enum
    where TSecond : struct, Enum;
