using Asynq.Typed.Torture.Ledgers;
using Asynq.Typed.Torture.Nodes;

namespace Asynq.Typed.Torture.Tasks;

internal sealed class ChoreHandler(RunLedger runs, Appetite appetite, Death death) : IHandle<Chore>
{
    private static readonly TimeSpan Deafness = TimeSpan.FromSeconds(7);

    public async Task HandleAsync(Chore task, TaskContext context, CancellationToken cancellationToken)
    {
        await runs.RunAsync(context, run => WorkAsync(task, context, run, cancellationToken), cancellationToken);
        if (task.Way == Ways.DieAfter && context.RetryCount < task.Failures)
        {
            death.Now();
        }
    }

    private async Task WorkAsync(Chore task, TaskContext context, string run, CancellationToken cancellationToken)
    {
        if (context.RetryCount < task.Failures)
        {
            await MisbehaveAsync(task.Way, cancellationToken);
        }

        var again = task.Way == Ways.Slow && context.RetryCount > 0;
        await Task.Delay(task.Milliseconds * (again ? 3 : 1), cancellationToken);
        if (task.Way == Ways.Result)
        {
            await runs.WriteResultAsync(context, run);
        }
    }

    private async Task MisbehaveAsync(string way, CancellationToken cancellationToken)
    {
        switch (way)
        {
            case Ways.Throw:
                throw new InvalidOperationException("This attempt is to fail.");
            case Ways.Skip:
                throw new SkipRetryException("This task is to be archived.");
            case Ways.Hang:
                await Task.Delay(Timeout.Infinite, cancellationToken);
                break;
            case Ways.Deaf:
                Thread.Sleep(Deafness);
                throw new InvalidOperationException("This attempt has not listened.");
            case Ways.Hungry:
                await appetite.EatAsync();
                break;
            case Ways.StoneDeaf:
                Thread.Sleep(Timeout.Infinite);
                break;
            case Ways.DieWithin:
                death.Now();
                break;
        }
    }
}

internal sealed class SoleHandler(RunLedger runs) : IHandle<Sole>
{
    public Task HandleAsync(Sole task, TaskContext context, CancellationToken cancellationToken) =>
        runs.RunAsync(context, _ => Task.Delay(100, cancellationToken), cancellationToken);
}

internal sealed class BundleHandler(RunLedger runs) : IHandle<Bundle>
{
    public Task HandleAsync(Bundle task, TaskContext context, CancellationToken cancellationToken) =>
        runs.RunAsync(context, _ => Task.Delay(50, cancellationToken), cancellationToken, task.Ids);
}

internal sealed class TickHandler(RunLedger runs) : IHandle<Tick>
{
    public Task HandleAsync(Tick task, TaskContext context, CancellationToken cancellationToken) =>
        runs.RunAsync(context, _ => Task.Delay(10, cancellationToken), cancellationToken);
}

internal sealed class PieceAggregator : IAggregate<Piece, Bundle>
{
    public async ValueTask<AggregateResult<Bundle>> AggregateAsync(
        GroupContext group, IReadOnlyList<Piece> tasks, CancellationToken cancellationToken)
    {
        await Task.Delay(30, cancellationToken);
        return new Bundle([.. tasks.Select(task => task.Id)]);
    }
}
