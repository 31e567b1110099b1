using System.Text.Json.Nodes;

namespace Asynq.Typed.Redis.Tests.Golden;

/// <summary>The recorded operations of clients and servers, as calls of the broker.</summary>
internal static class TaskOperations
{
    // A row whose task is not active: the reference's script finds no id to remove.
    private const string NotActive = "INTERNAL_ERROR: redis eval error: NOT FOUND";

    public static readonly Dictionary<string, Func<GoldenCall, Task<GoldenReply>>> All = new(StringComparer.Ordinal)
    {
        ["Enqueue"] = async call => Enqueued(await call.Broker.EnqueueAsync(call.Message, call.Ct)),
        ["EnqueueUnique"] = async call =>
            Enqueued(await call.Broker.EnqueueUniqueAsync(call.Message, call.Seconds("ttlSeconds"), call.Ct)),
        ["Schedule"] = async call =>
            Enqueued(await call.Broker.ScheduleAsync(call.Message, call.Time("processAt"), call.Ct)),
        ["ScheduleUnique"] = ScheduleUniqueAsync,
        ["AddToGroup"] = async call => Enqueued(await call.Broker.AddToGroupAsync(call.Message, call.Ct)),
        ["AddToGroupUnique"] = async call =>
            Enqueued(await call.Broker.AddToGroupUniqueAsync(call.Message, call.Seconds("ttlSeconds"), call.Ct)),
        ["BatchEnqueue"] = BatchEnqueueAsync,
        ["Dequeue"] = DequeueAsync,
        ["Done"] = async call => Finished(await call.Broker.DoneAsync(call.Leased, call.Ct)),
        ["MarkAsComplete"] = async call => Finished(await call.Broker.CompleteAsync(call.Leased, call.Ct)),
        ["Retry"] = async call => Finished(
            await call.Broker.RetryAsync(
                call.Leased, call.Time("processAt"), call.Text("error"), (bool)call.Row.Args["isFailure"]!, call.Ct)),
        ["Archive"] = async call => Finished(await call.Broker.ArchiveAsync(call.Leased, call.Text("error"), call.Ct)),
        ["Requeue"] = async call => Finished(await call.Broker.RequeueAsync(call.Leased, call.Ct)),
        ["WriteResult"] = WriteResultAsync,
        ["ExtendLease"] = ExtendLeaseAsync,
        ["ListLeaseExpired"] = ListLeaseExpiredAsync,
        ["ForwardIfReady"] = ForwardAsync,
        ["AggregationCheck"] = AggregationCheckAsync,
        ["ReadAggregationSet"] = ReadAggregationSetAsync,
        ["DeleteAggregationSet"] = DeleteAggregationSetAsync,
        ["ReclaimStaleAggregationSets"] = async call =>
        {
            await call.Broker.ReclaimStaleAggregationSetsAsync(call.Queue, call.Ct);
            return GoldenReply.Nothing;
        },
    };

    // The recorded TTL is the whole one; the broker adds the time until due itself.
    private static async Task<GoldenReply> ScheduleUniqueAsync(GoldenCall call)
    {
        var item = EnqueueItem.Scheduled(call.Message, call.Time("processAt")) with { LockTtl = call.Seconds("ttlSeconds") };
        return Enqueued(await call.Broker.EnqueueOneAsync(item, call.Ct));
    }

    private static async Task<GoldenReply> BatchEnqueueAsync(GoldenCall call)
    {
        var items = call.Row.Args["items"]!.AsArray().Select(item =>
        {
            var message = GoldenJson.Message(item!["msg"]!);
            return (long?)item["processAt"] is { } at and > 0
                ? EnqueueItem.Scheduled(message, DateTimeOffset.FromUnixTimeSeconds(at))
                : EnqueueItem.Pending(message);
        });
        var replies = await call.Broker.EnqueueManyAsync([.. items], call.Ct);
        return GoldenReply.Of(replies.Count(reply => reply.Outcome == EnqueueOutcome.Enqueued));
    }

    private static async Task<GoldenReply> DequeueAsync(GoldenCall call)
    {
        foreach (var queue in call.Queues)
        {
            var fetched = await call.Broker.DequeueAsync(queue, 1, GoldenCall.Lease, call.Ct);
            if (fetched.Tasks is [var task])
            {
                return GoldenReply.Of(new JsonObject
                {
                    ["leaseExpiresAt"] = GoldenJson.Of(task.LeaseExpiry),
                    ["msg"] = GoldenJson.Of(task.Message),
                });
            }
        }

        return GoldenReply.Refused("NOT_FOUND: no tasks are ready for processing");
    }

    private static async Task<GoldenReply> WriteResultAsync(GoldenCall call)
    {
        var data = GoldenJson.Bytes(call.Row.Args["data"]);
        var task = call.Unfenced(new TaskMessage { Id = call.Id, Queue = call.Queue });
        return await call.Broker.WriteResultAsync(task, data.Memory, call.Ct) == LeaseOutcome.Written
            ? GoldenReply.Of(data.Length)
            : GoldenReply.Refused(NotActive);
    }

    private static async Task<GoldenReply> ExtendLeaseAsync(GoldenCall call)
    {
        LeasedTask[] tasks =
        [
            .. call.Row.Args["ids"]!.AsArray()
                .Select(id => call.Unfenced(new TaskMessage { Id = (string)id!, Queue = call.Queue })),
        ];
        await call.Broker.ExtendLeaseAsync(call.Queue, tasks, GoldenCall.Lease, call.Ct);
        return GoldenReply.Of(GoldenJson.Of(tasks[0].LeaseExpiry));
    }

    private static async Task<GoldenReply> ListLeaseExpiredAsync(GoldenCall call)
    {
        var expired = new JsonArray();
        foreach (var queue in call.Queues)
        {
            foreach (var lease in await call.Broker.ListExpiredLeasesAsync(queue, call.Time("cutoff"), call.Ct))
            {
                expired.Add(GoldenJson.Of(lease.Message!));
            }
        }

        return GoldenReply.Of(expired);
    }

    private static async Task<GoldenReply> ForwardAsync(GoldenCall call)
    {
        foreach (var queue in call.Queues)
        {
            await call.Broker.ForwardAsync(queue, call.Ct);
        }

        return GoldenReply.Nothing;
    }

    private static async Task<GoldenReply> AggregationCheckAsync(GoldenCall call)
    {
        var made = await call.Broker.AggregationCheckAsync(
            call.Queue,
            call.Group!,
            call.Seconds("gracePeriodSeconds"),
            call.Seconds("maxDelaySeconds"),
            call.Number("maxSize"),
            call.Ct);
        var recorded = (string)call.Row.Result!["setId"]!;
        return made is null || recorded.Length == 0
            ? GoldenReply.Of(new JsonObject { ["setId"] = made ?? "" })
            : GoldenReply.Of(new JsonObject { ["setId"] = recorded }) with { Substitute = (made, recorded) };
    }

    private static async Task<GoldenReply> ReadAggregationSetAsync(GoldenCall call)
    {
        var set = await call.Broker.ReadAggregationSetAsync(call.Queue, call.Group!, SetId(call), call.Ct);
        return GoldenReply.Of(new JsonObject
        {
            ["deadline"] = set!.Deadline.ToUnixTimeSeconds(),
            ["msgs"] = new JsonArray([.. set.Tasks.Select(GoldenJson.Of)]),
        });
    }

    private static async Task<GoldenReply> DeleteAggregationSetAsync(GoldenCall call)
    {
        await call.Broker.DeleteAggregationSetAsync(call.Queue, call.Group!, SetId(call), call.Ct);
        return GoldenReply.Nothing;
    }

    // "see before": the one set of the group that is there.
    private static string SetId(GoldenCall call)
    {
        var prefix = $"asynq:{{{call.Queue}}}:g:{call.Group}:";
        return call.Row.Before.Keys.Single(key => key.StartsWith(prefix, StringComparison.Ordinal))[prefix.Length..];
    }

    private static GoldenReply Enqueued(EnqueueOutcome outcome) => outcome switch
    {
        EnqueueOutcome.Enqueued => GoldenReply.Nothing,
        EnqueueOutcome.Duplicate => GoldenReply.Refused("ALREADY_EXISTS: task already exists"),
        EnqueueOutcome.IdConflict => GoldenReply.Refused("ALREADY_EXISTS: task id conflicts with another task"),
        _ => GoldenReply.Refused(outcome.ToString()),
    };

    private static GoldenReply Finished(LeaseOutcome outcome) =>
        GoldenReply.Outcome(outcome == LeaseOutcome.Written, NotActive);
}
