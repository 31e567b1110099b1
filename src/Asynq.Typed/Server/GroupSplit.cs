using Asynq.Typed.Redis;

namespace Asynq.Typed.Server;

/// <summary>
/// An aggregation set, split into what becomes of its tasks: one part for each type with an aggregator, one for the rest where
/// there is an untyped aggregator.
/// </summary>
/// <param name="Parts">What becomes batches.</param>
/// <param name="Unaggregated">Tasks that nothing here aggregates.</param>
/// <param name="Unreadable">Tasks that cannot be read as their type, each with the reason.</param>
internal sealed record GroupSplit(
    IReadOnlyList<GroupPart> Parts,
    IReadOnlyList<TaskMessage> Unaggregated,
    IReadOnlyList<(TaskMessage Task, Exception Reason)> Unreadable)
{
    internal static GroupSplit Of(
        IReadOnlyList<TaskMessage> tasks,
        IReadOnlyDictionary<string, GroupAggregator> aggregators,
        RawGroupAggregator? untyped)
    {
        var parts = new List<GroupPart>();
        var rest = new List<TaskMessage>();
        var unreadable = new List<(TaskMessage Task, Exception Reason)>();
        foreach (var ofType in tasks.GroupBy(task => task.Type, StringComparer.Ordinal))
        {
            if (!aggregators.TryGetValue(ofType.Key, out var aggregator))
            {
                rest.AddRange(ofType);
            }
            else if (Typed(aggregator, ofType, unreadable) is { } part)
            {
                parts.Add(part);
            }
        }

        if (untyped is null || rest.Count == 0)
        {
            return new GroupSplit(parts, rest, unreadable);
        }

        // Grouping by type has lost the order of arrival.
        var left = rest.ToHashSet();
        return new GroupSplit([.. parts, Untyped(untyped, [.. tasks.Where(left.Contains)])], [], unreadable);
    }

    private static GroupPart? Typed(
        GroupAggregator aggregator,
        IEnumerable<TaskMessage> tasks,
        List<(TaskMessage Task, Exception Reason)> unreadable)
    {
        var readable = new List<TaskMessage>();
        var payloads = new List<object>();
        foreach (var task in tasks)
        {
            try
            {
                payloads.Add(aggregator.Read(task.Payload.Memory));
                readable.Add(task);
            }
            catch (PayloadException exception)
            {
                unreadable.Add((task, new UnreadableTaskException(task.Id, task.Type, exception)));
            }
            catch (Exception exception)
            {
                // A formatter or constructor of the application's: this task would stop its group for ever.
                unreadable.Add((task, exception));
            }
        }

        return readable.Count == 0
            ? null
            : new GroupPart(
                aggregator.Task.Type,
                readable,
                (group, services, cancellationToken) =>
                    aggregator.AggregateAsync(group, payloads, services, cancellationToken));
    }

    private static GroupPart Untyped(RawGroupAggregator aggregator, IReadOnlyList<TaskMessage> tasks)
    {
        return new GroupPart(
            string.Join(", ", tasks.Select(task => task.Type).Distinct().Order(StringComparer.Ordinal)), tasks, AggregateAsync);

        async ValueTask<AggregatedBatch?> AggregateAsync(
            GroupContext group, IServiceProvider services, CancellationToken cancellationToken)
        {
            var infos = tasks.Select(task => task.ToInfo(TaskState.Aggregating, null)).ToList();
            var batch = await aggregator(group, infos, cancellationToken).ConfigureAwait(false);
            return batch is null
                ? null
                : new AggregatedBatch(new TaskDescriptor(batch.Type), batch.Payload, batch.Options);
        }
    }
}
