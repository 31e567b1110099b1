using Asynq.Typed.Redis;
using Asynq.Typed.Transforms;

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
        RawGroupAggregator? untyped,
        TransformChain transforms)
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
            else if (Typed(aggregator, ofType, transforms, unreadable) is { } part)
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
        if (Untyped(untyped, tasks.Where(left.Contains), transforms, unreadable) is { } others)
        {
            parts.Add(others);
        }

        return new GroupSplit(parts, [], unreadable);
    }

    private static GroupPart? Typed(
        GroupAggregator aggregator,
        IEnumerable<TaskMessage> tasks,
        TransformChain transforms,
        List<(TaskMessage Task, Exception Reason)> unreadable)
    {
        var (readable, payloads) = Read(tasks, task => aggregator.Read(transforms.PayloadOf(task)), unreadable);
        return readable.Count == 0
            ? null
            : new GroupPart(
                aggregator.Task.Type,
                readable,
                (group, services, cancellationToken) =>
                    aggregator.AggregateAsync(group, payloads, services, cancellationToken));
    }

    private static GroupPart? Untyped(
        RawGroupAggregator aggregator,
        IEnumerable<TaskMessage> tasks,
        TransformChain transforms,
        List<(TaskMessage Task, Exception Reason)> unreadable)
    {
        var (readable, infos) = Read(tasks, InfoOf, unreadable);
        var types = string.Join(", ", readable.Select(task => task.Type).Distinct().Order(StringComparer.Ordinal));
        return readable.Count == 0 ? null : new GroupPart(types, readable, AggregateAsync);

        TaskInfo InfoOf(TaskMessage task) => task.ToInfo(TaskState.Aggregating, null) with
        {
            Payload = transforms.PayloadOf(task),
            Headers = task.HeadersOfUser(),
        };

        async ValueTask<AggregatedBatch?> AggregateAsync(
            GroupContext group, IServiceProvider services, CancellationToken cancellationToken)
        {
            var batch = await aggregator(group, infos, cancellationToken).ConfigureAwait(false);

            // It may hold what its tasks hid.
            return batch is null
                ? null
                : new AggregatedBatch(
                    TaskBody.Raw(batch.Type, batch.Payload) with { IsTransformed = readable.Exists(MessagePayload.IsTransformed) },
                    batch.Options);
        }
    }

    /// <summary>Reads tasks, and tells those that cannot be read.</summary>
    private static (List<TaskMessage> Readable, List<TValue> Values) Read<TValue>(
        IEnumerable<TaskMessage> tasks,
        Func<TaskMessage, TValue> read,
        List<(TaskMessage Task, Exception Reason)> unreadable)
    {
        var readable = new List<TaskMessage>();
        var values = new List<TValue>();
        foreach (var task in tasks)
        {
            try
            {
                values.Add(read(task));
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

        return (readable, values);
    }
}
