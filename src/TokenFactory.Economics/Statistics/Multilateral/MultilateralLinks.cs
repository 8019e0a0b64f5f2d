using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector256<double>;

namespace TokenFactory.Economics.Statistics;

/// <summary>Which periods of a window a system of equations ties together, and sums over items for such systems.</summary>
internal static class MultilateralLinks
{
    /// <summary>
    /// The components of n nodes in which each can reach every other: the number of each node's component, in the order of their first nodes.
    /// With edges that go both ways, simply the connected components.
    /// </summary>
    public static int[] Components(int n, Func<int, int, bool> edge)
    {
        var components = new int[n];
        Array.Fill(components, -1);
        var next = 0;
        for (var root = 0; root < n; root++)
        {
            if (components[root] >= 0)
                continue;
            var (reached, reaching) = (Reach(n, root, edge), Reach(n, root, (from, to) => edge(to, from)));
            for (var node = 0; node < n; node++)
            {
                if (reached[node] && reaching[node])
                    components[node] = next;
            }

            next++;
        }

        return components;
    }

    /// <summary>The nodes of each component, in order.</summary>
    public static IEnumerable<int[]> Groups(int[] components) =>
        components.Select((component, node) => (Component: component, Node: node)).GroupBy(c => c.Component, c => c.Node, (_, nodes) => nodes.ToArray());

    /// <summary>
    /// Why a system that takes no free items, or none alone, leaves two periods of a window apart: because of them, where items sold in both, or in
    /// periods between, tie the two together; else because nothing does.
    /// </summary>
    public static string WhyApart(MultilateralPanel panel, int start, int end, int from, int to)
    {
        var sold = Components(end - start + 1, (left, right) => AnySoldInBoth(panel, start + left, start + right));
        return sold[from - start] == sold[to - start] ? NullReasons.ZeroPrice : NullReasons.NoMatchedItems;
    }

    /// <summary>S x y z over a row.</summary>
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y, ReadOnlySpan<double> z)
    {
        ReadOnlySpan<Lanes> left = MultilateralPanel.Vectors(x), middle = MultilateralPanel.Vectors(y), right = MultilateralPanel.Vectors(z);
        Lanes sum = default;
        for (var i = 0; i < left.Length; i++)
            sum += left[i] * middle[i] * right[i];
        return Vector256.Sum(sum);
    }

    private static bool AnySoldInBoth(MultilateralPanel panel, int left, int right)
    {
        ReadOnlySpan<double> l = panel.Quantities(left), r = panel.Quantities(right);
        for (var i = 0; i < l.Length; i++)
        {
            if (l[i] > 0 && r[i] > 0)
                return true;
        }

        return false;
    }

    private static bool[] Reach(int n, int root, Func<int, int, bool> edge)
    {
        var reached = new bool[n];
        reached[root] = true;
        var open = new Stack<int>([root]);
        while (open.TryPop(out var from))
        {
            for (var to = 0; to < n; to++)
            {
                if (!reached[to] && edge(from, to))
                {
                    reached[to] = true;
                    open.Push(to);
                }
            }
        }

        return reached;
    }
}
