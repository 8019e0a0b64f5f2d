using CsCheck;
using TokenFactory.Api.Hosting;

namespace TokenFactory.Api.Tests.Hosting;

public sealed class AllowanceTests
{
    private const long Second = 1_000_000_000;
    private const long Start = 5 * Second;

    [Fact]
    public void As_many_as_are_promised_can_be_spent_at_once_and_not_one_more()
    {
        var allowance = new Allowance(3, TimeSpan.FromSeconds(1));

        for (var i = 3; i > 0; i--)
        {
            allowance.LeftAt(Start).Should().Be(i);
            allowance.TrySpend(Start, out _).Should().BeTrue();
        }

        allowance.LeftAt(Start).Should().Be(0);
        allowance.TrySpend(Start, out var wait).Should().BeFalse();
        wait.Should().BePositive().And.BeLessThanOrEqualTo(Second / 3);
        allowance.TrySpend(Start + wait - 1, out _).Should().BeFalse();
        allowance.TrySpend(Start + wait, out _).Should().BeTrue();
    }

    [Fact]
    public void What_is_given_back_can_be_spent_again_and_no_more_than_that()
    {
        var allowance = new Allowance(3, TimeSpan.FromSeconds(1));
        for (var i = 0; i < 3; i++)
            allowance.TrySpend(Start, out _).Should().BeTrue();

        allowance.Return();

        allowance.TrySpend(Start, out _).Should().BeTrue();
        allowance.TrySpend(Start, out _).Should().BeFalse();
    }

    [Fact]
    public void What_was_spent_beyond_it_is_paid_off_first()
    {
        var allowance = new Allowance(10, TimeSpan.FromSeconds(1));

        allowance.Spend(25, Start);

        allowance.LeftAt(Start).Should().Be(0);
        allowance.WholeInAt(Start).Should().Be(5 * Second / 2);
        allowance.WaitAt(Start).Should().Be(8 * Second / 5, "15 are owed, and one has to be left");
        allowance.LeftAt(Start + (8 * Second / 5)).Should().Be(1);
        allowance.LeftAt(Start + (5 * Second / 2)).Should().Be(10);
    }

    [Fact]
    public void The_largest_debt_is_one_that_ends()
    {
        var allowance = new Allowance(1, TimeSpan.FromDays(1));

        for (var i = 0; i < 20; i++)
            allowance.Spend(long.MaxValue, Start);

        allowance.WholeInAt(Start).Should().Be(1_000_000_000 * Second);
    }

    [Fact]
    public void Over_any_time_no_more_is_spent_than_a_window_and_what_came_back() => (
        from units in Gen.Long[1, 1_000]
        from seconds in Gen.Int[1, 100]
        from steps in Gen.Long[0, Second].Array[1, 200]
        select (units, seconds, steps)).Sample(drawn =>
    {
        var allowance = new Allowance(drawn.units, TimeSpan.FromSeconds(drawn.seconds));
        long now = Start, spent = 0;
        foreach (var step in drawn.steps)
        {
            now += step;
            if (allowance.TrySpend(now, out _))
                spent++;
        }

        // A unit's time is rounded down to whole nanoseconds.
        var most = drawn.units + ((Int128)(now - Start) * drawn.units / (drawn.seconds * Second - drawn.units)) + 1;
        return spent <= most;
    });

    [Fact]
    public async Task Many_at_once_spend_each_unit_once()
    {
        var allowance = new Allowance(10_000, TimeSpan.FromDays(1));

        var spent = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Enumerable.Range(0, 5_000).Count(_ => allowance.TrySpend(Start, out var _)))));

        spent.Sum().Should().Be(10_000);
    }
}
