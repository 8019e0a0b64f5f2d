using System.Runtime.ExceptionServices;

namespace TokenFactory.Benchmarks.Load;

/// <summary>Work on threads of its own: what waits for a socket or a server must not wait for a pool too.</summary>
internal static class Threads
{
    /// <summary>Runs the work of every worker and waits for the last; the first failure is thrown.</summary>
    public static void Run(int workers, Action<int> work)
    {
        Exception? failure = null;
        var threads = Enumerable.Range(0, workers).Select(worker => new Thread(() =>
        {
            try
            {
                work(worker);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref failure, e, null);
            }
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
    }
}
