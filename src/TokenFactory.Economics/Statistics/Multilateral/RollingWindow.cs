namespace TokenFactory.Economics.Statistics;

/// <summary>A period of a spliced series.</summary>
/// <param name="LogLevel">ln of the level, on the scale of its segment.</param>
/// <param name="Segment">Levels are comparable within a segment only.</param>
/// <param name="NullReason">Why the period's segment is not the first one; null in the first.</param>
/// <param name="SplicedAt">The period j at which it was spliced on; null in the first window, after a break and for a mean.</param>
/// <param name="IsFallback">Whether a period that the splice asks for could not be used.</param>
internal readonly record struct SplicedPeriod(double LogLevel, int Segment, string? NullReason, int? SplicedAt, bool IsFallback);

/// <summary>
/// Multilateral windows of W periods, rolled one period at a time and spliced onto each other:
/// I_T = I_(T-1) x (N_last / N_j) x (B_(j+1) / B_last), N the window that ends at T, B the window before or the published series, j by
/// <see cref="Splice"/>. On the published series that is I_T = I_j x N_last / N_j. Source: METHODOLOGY, Multilateral; Krsinich (2016) for the
/// window splice, de Haan (2015) for half, Diewert and Fox (2020) for the mean.
/// <para>
/// A window counts calendar periods, and empty ones in it are passed over. One that would hold nothing but its last period is stretched back to
/// the nearest period that is not empty, so that an empty time never breaks a series (edge rule 2). Periods are numbered here without the empty ones.
/// </para>
/// <para>
/// Where j is empty or not tied to T (or to T-1, in the window before), the nearest period that is stands in, the later of two, and the period is
/// flagged; a mean is taken over what is usable, and flagged. In the same way the latest period that serves stands in for T-1.
/// </para>
/// <para>
/// A period that is tied to nothing in its window begins a new segment: a break, until a later period ties both segments together. So a level can
/// come where there was none, but no movement is ever revised.
/// </para>
/// </summary>
/// <param name="places">The calendar place of each period that is not empty, ascending; at least one.</param>
/// <param name="reference">The reference period: the first window stands on it, if it is there.</param>
/// <param name="length">W, in calendar periods, at least 2; null: all periods in one window.</param>
/// <param name="estimate">Makes the window from one period to another, both included.</param>
internal sealed class RollingWindow(int[] places, int reference, int? length, Splice splice, Func<int, int, IMultilateralWindow> estimate)
{
    private readonly SplicedPeriod[] _periods = new SplicedPeriod[places.Length];
    private int _segments;

    public IReadOnlyList<SplicedPeriod> Run()
    {
        var end = 0;
        while (end + 1 < places.Length && IsWithin(0, end + 1))
            end++;
        var previous = estimate(0, end);
        Open(previous, end);
        for (var t = end + 1; t < places.Length; t++)
        {
            var start = t - 1;
            while (start > 0 && IsWithin(start - 1, t))
                start--;
            var current = estimate(start, t);
            Attach(start, t, previous, current);
            previous = current;
        }

        return _periods;
    }

    private bool IsWithin(int start, int t) => length is not { } w || places[t] - places[start] < w;

    // The first window stands on the reference period if it has it, else on its first period; what is not tied to that is a segment of its own.
    private void Open(IMultilateralWindow window, int end)
    {
        var @base = reference <= end ? reference : 0;
        var isOpened = new bool[end + 1];
        foreach (var root in Enumerable.Range(0, end + 1).Prepend(@base))
        {
            if (isOpened[root])
                continue;
            for (var t = 0; t <= end; t++)
            {
                var movement = isOpened[t] ? double.NaN : window.LogMovement(root, t);
                if (double.IsNaN(movement))
                    continue;
                _periods[t] = new SplicedPeriod(movement, _segments, root == @base ? null : window.NullReason(@base, t), null, false);
                isOpened[t] = true;
            }

            _segments++;
        }
    }

    // To the latest segment that it is tied to; the others that it is tied to as well are joined to that one.
    private void Attach(int start, int t, IMultilateralWindow previous, IMultilateralWindow current)
    {
        var isAttached = false;
        foreach (var segment in Enumerable.Range(start, t - start).Reverse().Select(u => _periods[u].Segment).Distinct().ToList())
        {
            if (Link(segment, start, t, previous, current) is not { } link)
                continue;
            if (isAttached)
            {
                Join(segment, _periods[t].Segment, _periods[t].LogLevel - link.LogLevel, t);
                continue;
            }

            var nullReason = Enumerable.Range(0, t).Reverse().Select(u => _periods[u]).First(p => p.Segment == segment).NullReason;
            _periods[t] = new SplicedPeriod(link.LogLevel, segment, nullReason, link.SplicedAt, link.IsFallback);
            isAttached = true;
        }

        if (!isAttached)
            _periods[t] = new SplicedPeriod(0, _segments++, current.NullReason(t - 1, t), null, false);
    }

    private void Join(int segment, int into, double shift, int t)
    {
        for (var u = 0; u < t; u++)
        {
            if (_periods[u].Segment == segment)
                _periods[u] = _periods[u] with { LogLevel = _periods[u].LogLevel + shift, Segment = into };
        }
    }

    private SplicedPeriod? Link(int segment, int start, int t, IMultilateralWindow previous, IMultilateralWindow current)
    {
        var js = Enumerable.Range(start, t - start).Where(j => _periods[j].Segment == segment).ToList();
        if (splice is Splice.Wisp or Splice.Hasp or Splice.MeanPub)
            return Spliced(js, t, j => _periods[j].LogLevel + current.LogMovement(j, t));
        for (var i = js.Count - 1; i >= 0; i--)
        {
            var last = js[i];
            if (Spliced(js, t, j => _periods[last].LogLevel + previous.LogMovement(last, j) + current.LogMovement(j, t)) is { } link)
                return last == t - 1 ? link : link with { IsFallback = true };
        }

        return null;
    }

    // One period at which to splice, or the mean over all; null where none is usable.
    private SplicedPeriod? Spliced(List<int> js, int t, Func<int, double> logLevelBy)
    {
        var usable = js.Select(j => (Period: j, LogLevel: logLevelBy(j))).Where(j => double.IsFinite(j.LogLevel)).ToList();
        if (usable.Count == 0)
            return null;
        var w = length!.Value;
        if (splice is Splice.Mean or Splice.MeanPub)
            return new SplicedPeriod(usable.Sum(j => j.LogLevel) / usable.Count, 0, null, null, usable.Count < w - 1);
        var target = splice switch
        {
            Splice.Movement => places[t] - 1,
            Splice.Window or Splice.Wisp => places[t] - w + 1,
            Splice.Half or Splice.Hasp => places[t] - w + 1 + (w - 1) / 2,
            _ => throw new InvalidOperationException($"{splice} is not a splice."),
        };
        var nearest = usable.MinBy(j => (Math.Abs(places[j.Period] - target), -j.Period));
        return new SplicedPeriod(nearest.LogLevel, 0, null, nearest.Period, places[nearest.Period] != target);
    }
}
