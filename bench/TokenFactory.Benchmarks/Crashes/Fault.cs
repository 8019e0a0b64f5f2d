namespace TokenFactory.Crashes;

/// <summary>What happens to a service and its database in their life.</summary>
internal enum FaultKind
{
    /// <summary><c>kill -9</c> of one instance of the service; it is started again.</summary>
    KillService,

    /// <summary>One instance is asked to end, and started again.</summary>
    StopService,

    /// <summary>One instance stands still for some seconds, with all that it holds, and goes on.</summary>
    FreezeService,

    /// <summary><c>kill -9</c> of the database's first process; its children end by themselves.</summary>
    KillPostmaster,

    /// <summary>An immediate shutdown: every session ends, and nothing is flushed.</summary>
    ShutDownImmediately,

    /// <summary><c>kill -9</c> of one session's process: PostgreSQL ends all others and recovers.</summary>
    KillBackend,

    /// <summary>One session's process stands still, with the locks that it holds.</summary>
    FreezeBackend,

    /// <summary>Every process of the database stands still.</summary>
    FreezeDatabase,

    /// <summary>An administrator ends all sessions.</summary>
    TerminateSessions,

    /// <summary>The network between one instance and the database is cut.</summary>
    CutNetwork,

    /// <summary>Nothing passes between one instance and the database for some seconds.</summary>
    StallNetwork,

    /// <summary>What one instance sends arrives, and no answer comes back: commits happen, and nobody is told.</summary>
    LoseAnswers,

    /// <summary>The ledger's clock steps: a month or a year ahead, a day back, to just before midnight.</summary>
    StepClock,
}

/// <summary>One fault of a schedule.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Instance">To which instance, where it happens to one.</param>
/// <param name="Hold">How long it lasts, where it lasts.</param>
/// <param name="Pause">How long nothing happens after the recovery.</param>
/// <param name="Draw">Decides whatever else is to be decided, by its remainder.</param>
internal sealed record Fault(FaultKind Kind, int Instance, TimeSpan Hold, TimeSpan Pause, int Draw)
{
    /// <summary>Whether it happens to one instance alone: then the others go on meanwhile.</summary>
    public bool IsOfInstance => Kind is FaultKind.KillService or FaultKind.StopService or FaultKind.FreezeService
        or FaultKind.CutNetwork or FaultKind.StallNetwork or FaultKind.LoseAnswers;

    /// <summary>Faults without end that follow from the seed: every kind comes once before any comes again.</summary>
    /// <param name="seed">Of the round.</param>
    /// <param name="instances">How many there are.</param>
    /// <param name="maxHold">The longest that one lasts.</param>
    public static IEnumerable<Fault> Schedule(int seed, int instances, TimeSpan maxHold)
    {
        var random = new Random(seed);
        var kinds = Enum.GetValues<FaultKind>();
        while (true)
        {
            random.Shuffle(kinds);
            foreach (var kind in kinds)
            {
                yield return new Fault(kind, random.Next(instances), maxHold * (0.2 + (0.8 * random.NextDouble())),
                    TimeSpan.FromMilliseconds(random.Next(50, 800)), random.Next(1 << 20));
            }
        }
    }
}
