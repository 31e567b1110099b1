using Asynq.Typed.Scheduling;
using Microsoft.Extensions.Configuration;

namespace Asynq.Typed;

public sealed partial class AsynqScheduler
{
    /// <summary>
    /// Takes entries from a provider as well: from the start on, which does not wait for it, and then every
    /// <see cref="AsynqSchedulerOptions.SyncInterval"/>. Those that it no longer gives are removed, new ones added, equal ones left
    /// alone.
    /// </summary>
    /// <exception cref="InvalidOperationException">The scheduler was started before.</exception>
    public void AddProvider(IPeriodicTaskProvider provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        lock (_lock)
        {
            if (_started)
            {
                throw new InvalidOperationException("The scheduler runs already: add providers before it is started.");
            }

            _syncs.Add(new PeriodicTaskSync(provider, _entries, _loop, _options, _time, _logger));
        }
    }

    /// <summary>Takes the periodic tasks that <paramref name="get"/> returns as well, asked for as those of a provider are.</summary>
    /// <exception cref="InvalidOperationException">The scheduler was started before.</exception>
    public void AddPeriodicTasks(Func<CancellationToken, ValueTask<IReadOnlyCollection<PeriodicTask>>> get)
    {
        ArgumentNullException.ThrowIfNull(get);
        AddProvider(new DelegatePeriodicTasks(get));
    }

    /// <summary>
    /// Takes the periodic tasks of a configuration section as well, written and followed as
    /// <see cref="SchedulerBuilderExtensions.AddPeriodicTasks(AsynqBuilder, IConfiguration)"/> says.
    /// </summary>
    /// <exception cref="InvalidOperationException">The scheduler was started before.</exception>
    public void AddPeriodicTasks(IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        AddProvider(new ConfiguredPeriodicTasks(section));
    }
}
