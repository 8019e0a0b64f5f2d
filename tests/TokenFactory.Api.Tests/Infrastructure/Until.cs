using System.Diagnostics;

namespace TokenFactory.Api.Tests.Infrastructure;

/// <summary>Waits for what must come. A test that would wait for ever fails instead, and says what it waited for.</summary>
public static class Until
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(begun) > Limit)
                throw new TimeoutException($"In {Limit.TotalMinutes} minutes it did not come to this: {what}.");
            await Task.Yield();
        }
    }
}
