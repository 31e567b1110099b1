using System.Text;
using Asynq.Typed;

namespace Quickstart;

internal sealed class WelcomeEmailHandler(Journal journal) : IHandle<WelcomeEmail>
{
    public Task HandleAsync(WelcomeEmail task, TaskContext context, CancellationToken cancellationToken)
    {
        journal.Worker($"mail to {task.Address} in '{task.Locale}'");
        journal.Finished(context.TaskId);
        return Task.CompletedTask;
    }
}

internal sealed class ChargeCardHandler(Journal journal) : IHandle<ChargeCard>
{
    public async Task HandleAsync(ChargeCard task, TaskContext context, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        if (context.RetryCount < 2)
        {
            journal.Worker($"charge of {task.Amount:0.00}: attempt {context.RetryCount + 1} fails, will be tried again");
            throw new InvalidOperationException("the payment provider is not answering");
        }

        journal.Worker($"charge of {task.Amount:0.00}: attempt {context.RetryCount + 1} succeeds");
        journal.Finished(context.TaskId);
    }
}

internal sealed class SyncAccountHandler(Journal journal) : IHandle<SyncAccount>
{
    public async Task HandleAsync(SyncAccount task, TaskContext context, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
        journal.Worker($"account {task.AccountId.ToString()[..8]} is in sync");
        journal.Finished(context.TaskId);
    }
}

internal sealed class SumReportHandler(Journal journal) : IHandle<SumReport>
{
    public async Task HandleAsync(SumReport task, TaskContext context, CancellationToken cancellationToken)
    {
        var sum = task.Figures.Sum();
        await context.WriteResultAsync(Encoding.UTF8.GetBytes($"{task.Name}: {sum}"), cancellationToken);
        journal.Worker($"report '{task.Name}' summed {task.Figures.Count} figures");
        journal.Finished(context.TaskId);
    }
}
