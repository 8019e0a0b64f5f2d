using System.Collections.Specialized;
using System.ComponentModel;
using System.Globalization;
using System.Text;

// What the walk over references must not miss: each specimen names one type in a place where such walks are known to miss it.
namespace TokenFactory.Api.Tests.Architecture.Specimens;

internal static class InAnAsyncLambda
{
    public static readonly Func<Task<string>> Lambda = async () =>
    {
        await Task.Yield();
        return new StringBuilder("seen").ToString();
    };
}

internal static class InANestedType
{
    public static class Deeper
    {
        public static class Deepest
        {
            public static int Use() => new BitVector32(3).Data;
        }
    }
}

[TypeConverter(typeof(GuidConverter))]
internal static class InAnAttributeArgument;

internal static class InACatch
{
    public static bool Use(Action act)
    {
        try
        {
            act();
            return true;
        }
        catch (CultureNotFoundException)
        {
            return false;
        }
    }
}

internal static class InAGenericArgument
{
    public static Type Use() => typeof(Dictionary<int, List<Rune[]>>);
}

internal static class InAGenericMethodArgument
{
    public static bool Use() => Array.Empty<Range>().Length == 0;
}

internal sealed class InABaseTypeArgument : List<SortKey>;

internal static class InAnAttributeOfAGenericParameter<[ReadOnly(true)] T>;

internal static class InAnIterator
{
    public static IEnumerable<int> Use()
    {
        yield return new StringInfo("seen").LengthInTextElements;
    }
}

internal static class InAConstraint<T>
    where T : IFormatProvider;
