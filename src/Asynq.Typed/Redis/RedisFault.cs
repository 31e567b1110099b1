using StackExchange.Redis;
using StackExchange.Redis.Availability;

namespace Asynq.Typed.Redis;

/// <summary>What went wrong between here and Redis, told from the client library's exceptions. The only place that knows them.</summary>
internal sealed class RedisFault
{
    private readonly Exception _cause;
    private readonly RedisErrorKind _kind;
    private readonly bool _notDone;

    private RedisFault(Exception cause)
    {
        var context = new FaultContext(cause);
        _cause = cause;
        _kind = context.ErrorKind;
        _notDone = context.NotApplied || Passing(_kind);
    }

    /// <summary>
    /// Nothing was done, and the reason goes by: a failover, a slot on its way to another node, a data set being loaded. The
    /// same call may be repeated without being done twice.
    /// </summary>
    internal bool Passes => _notDone && !IsMissingDatabase(_cause) && (IsConnection || Passing(_kind));

    private bool IsConnection => _cause is RedisConnectionException or RedisTimeoutException;

    /// <summary>The fault behind an exception; <c>null</c> where it is no matter of the connection or of the server's state.</summary>
    internal static RedisFault? Of(Exception exception) => exception switch
    {
        RedisConnectionException or RedisTimeoutException => new RedisFault(exception),
        RedisServerException server when Remedy(server.Kind, "") is not null => new RedisFault(exception),
        RedisCommandException when IsMissingDatabase(exception) => new RedisFault(exception),
        _ => null,
    };

    /// <summary>
    /// Whether what a caller sees of a fault goes by without anybody's doing, so that a program which only starts may wait for it.
    /// </summary>
    internal static bool IsPassing(Exception exception) =>
        exception is RedisUnreachableException or RedisRefusedException { Passes: true };

    /// <summary>There was no connection to send the call by.</summary>
    internal bool WasNeverSent => _notDone && IsConnection;

    /// <summary>The call was sent and not answered: nothing is known of its outcome.</summary>
    internal bool IsUnanswered =>
        !_notDone && IsConnection && !IsMissingDatabase(_cause) && Find<RedisServerException>(_cause) is null;

    /// <summary>What callers see: one line that names the server, the reason and the remedy.</summary>
    /// <param name="where">The server.</param>
    /// <param name="reason">Why there is no connection, where that has been found out.</param>
    internal Exception ToException(string where, string? reason = null) => ToException(where, reason, wasSent: !_notDone);

    /// <summary>As <see cref="ToException(string, string)"/>, of a failure to connect: no call has been sent by then.</summary>
    internal Exception ToConnectException(string where, string? reason = null) =>
        ToException(where, reason, wasSent: false);

    private Exception ToException(string where, string? reason, bool wasSent)
    {
        if (Find<RedisServerException>(_cause) is { } refusal && Remedy(refusal.Kind, OneLine(refusal.Message)) is { } remedy)
        {
            return new RedisRefusedException($"Redis at {where} {remedy}.", Passing(refusal.Kind), _cause);
        }

        if (IsMissingDatabase(_cause))
        {
            return new RedisRefusedException(
                $"Redis at {where} does not have the database that the connection text asks for: use a lower number, or raise "
                + "'databases' in its configuration (a cluster has only database 0).",
                _cause);
        }

        reason ??= Reason(_cause);
        return new RedisUnreachableException(
            wasSent
                ? $"Redis at {where} did not answer, so that the call may or may not have been carried out: {reason}"
                : $"Redis at {where} could not be reached: {reason}",
            wasSent,
            _cause);
    }

    // The library's own messages carry a page of its inner state; they stay readable in the inner exception.
    private static string Reason(Exception exception)
    {
        while (exception.InnerException is { } inner)
        {
            exception = inner;
        }

        return exception switch
        {
            RedisTimeoutException => "no answer in time.",
            RedisConnectionException { FailureType: ConnectionFailureType.UnableToResolvePhysicalConnection } =>
                "there is no connection to a primary at present; one is being looked for.",
            RedisConnectionException connection => $"the connection broke ({connection.FailureType}).",
            _ => OneLine(exception.Message).TrimEnd('.') + ".",
        };
    }

    private static T? Find<T>(Exception? exception)
        where T : Exception
    {
        while (exception is not (null or T))
        {
            exception = exception.InnerException;
        }

        return (T?)exception;
    }

    // Refused by the library itself, which knows of no kind for it.
    private static bool IsMissingDatabase(Exception exception) =>
        Find<RedisCommandException>(exception)?.Message.Contains("database", StringComparison.OrdinalIgnoreCase) == true;

    // Redis raises these before a command runs, or before the first write of a script.
    private static bool Passing(RedisErrorKind kind) => kind
        is RedisErrorKind.Loading or RedisErrorKind.ReadOnly or RedisErrorKind.MasterDown or RedisErrorKind.ClusterDown
        or RedisErrorKind.TryAgain or RedisErrorKind.Busy or RedisErrorKind.NoReplicas
        or RedisErrorKind.Moved or RedisErrorKind.Ask or RedisErrorKind.UnknownRedirectTarget;

    private static string? Remedy(RedisErrorKind kind, string answer) => kind switch
    {
        RedisErrorKind.NoAuth =>
            "asks for a password, and the connection text has none: write 'redis://user:password@host' or ',password=…'",
        RedisErrorKind.WrongPass =>
            "does not accept the user and password of the connection text: check both, and that the user is enabled",
        RedisErrorKind.NoPermission =>
            $"does not permit this to the user of the connection text ('{answer}'): grant it '{LeastRights.Text}', "
            + $"and for WaitForReplicas also '{LeastRights.ForReplicas}'",
        RedisErrorKind.OutOfMemory =>
            "has no memory left and refuses to store more: raise 'maxmemory', or delete archived and completed tasks",
        RedisErrorKind.ReadOnly =>
            "is a read-only replica: name its primary, or its sentinels ('redis-sentinel://…?master=name'), which follow a failover",
        RedisErrorKind.Loading => "is loading its data set and answers nothing until it is done: try again later",
        RedisErrorKind.MasterDown => "is a replica without its primary: bring the primary back, or let another be promoted",
        RedisErrorKind.ClusterDown =>
            "is a cluster that does not serve the queue's slot: bring the failed nodes back ('CLUSTER INFO', 'CLUSTER SLOTS')",
        RedisErrorKind.TryAgain or RedisErrorKind.Moved or RedisErrorKind.Ask or RedisErrorKind.UnknownRedirectTarget =>
            $"is moving the queue's slot to another node, which took too long ('{answer}'): try again when the move is complete",
        RedisErrorKind.NoReplicas =>
            "has fewer replicas than 'min-replicas-to-write' asks for and refuses writes: bring them back, or lower the setting",
        RedisErrorKind.Misconfigured =>
            "cannot save its data and refuses writes: look for the disk's fault in its log",
        RedisErrorKind.Busy => "is blocked by somebody's endless script: end that with 'SCRIPT KILL'",
        RedisErrorKind.MaxClients => "has as many connections as 'maxclients' allows: close some, or raise it",
        _ => null,
    };

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim();
}
