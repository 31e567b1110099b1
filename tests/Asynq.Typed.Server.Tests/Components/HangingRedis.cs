using System.Collections.Concurrent;
using System.Reflection;
using Asynq.Typed.Redis;
using StackExchange.Redis;

namespace Asynq.Typed.Server.Tests.Components;

/// <summary>
/// Stands before a database, counts the calls of scripts, and can leave those of one script with one key unanswered, or have
/// calls fail.
/// </summary>
#pragma warning disable CA1852 // DispatchProxy derives from it
internal class HangingRedis : DispatchProxy, IDisposable
#pragma warning restore CA1852
{
    private readonly ConcurrentDictionary<string, int> _calls = new();
    private readonly ConcurrentDictionary<string, int> _answers = new();
    private readonly ConcurrentDictionary<Failure, bool> _failures = new();
    private IDatabase _database = null!;
    private Connection _connection = null!;
    private byte[] _script = [];
    private RedisKey _key;
    private TaskCompletionSource<RedisResult>? _answer;
    private volatile Held? _held;
    private int _underway;

    internal IConnectionMultiplexer Multiplexer { get; private set; } = null!;

    /// <summary>Whether a call is being carried out. One that hangs, or whose answer is held, is not.</summary>
    internal bool IsUnderway => Volatile.Read(ref _underway) > 0;

    internal static HangingRedis On(IConnectionMultiplexer multiplexer)
    {
        var database = Create<IDatabase, HangingRedis>();
        var self = (HangingRedis)(object)database;
        self._database = multiplexer.GetDatabase();
        var connection = Create<IConnectionMultiplexer, Connection>();
        self._connection = (Connection)(object)connection;
        self._connection.Open(multiplexer, database);
        self.Multiplexer = connection;
        return self;
    }

    internal IDisposable Hang(string script, RedisKey key)
    {
        _script = Script.Load(script).Sha1;
        _key = key;
        _answer = new TaskCompletionSource<RedisResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        return this;
    }

    /// <summary>Has the answers of a script come only once what is returned completes. The calls are carried out at once.</summary>
    internal TaskCompletionSource Hold(string script, RedisKey? key = null)
    {
        var until = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _held = new Held(Script.Load(script), key, until.Task);
        return until;
    }

    /// <summary>Has no answer come to the calls of a script until what is returned is disposed: they fail.</summary>
    /// <param name="script">The script.</param>
    /// <param name="isDone">Whether the calls are carried out all the same.</param>
    internal IDisposable FailScript(string script, bool isDone = false)
    {
        var loaded = Script.Load(script);
        return Fail((_, args) => args is [{ } called, ..] && Is(loaded, called), isDone);
    }

    /// <summary>Has no answer come to the question whether Redis answers, until what is returned is disposed.</summary>
    internal IDisposable FailPings() => Fail(static (method, _) => method == nameof(IDatabase.PingAsync), isDone: false);

    /// <summary>Has the next attempts to subscribe fail.</summary>
    internal void FailSubscriptions(int count) => _connection.SubscriptionsToFail = count;

    internal int CallsOf(string script) => _calls.GetValueOrDefault(NameOf(Script.Load(script).Sha1));

    /// <summary>How many calls of a script were carried out and answered.</summary>
    internal int AnswersOf(string script)
    {
        var loaded = Script.Load(script);
        return _answers.GetValueOrDefault(NameOf(loaded.Sha1)) + _answers.GetValueOrDefault(NameOf(loaded.Text));
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _answer?.TrySetException(new OperationCanceledException("The test is over."));
        _answer = null;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (args is [byte[] sha1, RedisKey[] keys, ..])
        {
            _calls.AddOrUpdate(NameOf(sha1), 1, static (_, before) => before + 1);
            if (_answer is { } answer && sha1.AsSpan().SequenceEqual(_script) && keys.Contains(_key))
            {
                return answer.Task;
            }
        }

        var failure = _failures.Keys.FirstOrDefault(one => one.Fails(targetMethod!.Name, args));
        if (failure is { IsDone: false })
        {
            return targetMethod!.ReturnType == typeof(Task<TimeSpan>)
                ? Task.FromException<TimeSpan>(NoAnswer())
                : Task.FromException<RedisResult>(NoAnswer());
        }

        Interlocked.Increment(ref _underway);
        try
        {
            var result = targetMethod!.Invoke(_database, args);
            return result is Task<RedisResult> call ? AnswerAsync(ComesAsync(call), args!, failure is not null) : result;
        }
        finally
        {
            Interlocked.Decrement(ref _underway);
        }
    }

    private async Task<RedisResult> ComesAsync(Task<RedisResult> call)
    {
        Interlocked.Increment(ref _underway);
        try
        {
            return await call;
        }
        finally
        {
            Interlocked.Decrement(ref _underway);
        }
    }

    private async Task<RedisResult> AnswerAsync(Task<RedisResult> call, object?[] args, bool isLost)
    {
        var called = args[0]!;
        var until = _held is { } held && held.Is(args) ? held.Until : Task.CompletedTask;
        var result = await call;
        await until;
        if (isLost)
        {
            throw NoAnswer();
        }

        _answers.AddOrUpdate(NameOf(called), 1, static (_, before) => before + 1);
        return result;
    }

    private Failure Fail(Func<string, object?[]?, bool> fails, bool isDone)
    {
        var failure = new Failure(fails, isDone, this);
        _failures[failure] = true;
        return failure;
    }

    private static RedisTimeoutException NoAnswer() =>
        new(CommandFlags.None, "The test lets no answer come.", CommandStatus.Sent);

    private static string NameOf(object called) => called as string ?? Convert.ToHexString((byte[])called);

    private static bool Is(Script script, object called) =>
        called is byte[] sha1 ? sha1.AsSpan().SequenceEqual(script.Sha1) : called as string == script.Text;

    private sealed record Held(Script Script, RedisKey? Key, Task Until)
    {
        internal bool Is(object?[] call) =>
            HangingRedis.Is(Script, call[0]!) && (Key is not { } key || (call[1] as RedisKey[] ?? []).Contains(key));
    }

    private sealed class Failure(Func<string, object?[]?, bool> fails, bool isDone, HangingRedis redis) : IDisposable
    {
        internal bool IsDone => isDone;

        internal bool Fails(string method, object?[]? args) => fails(method, args);

        public void Dispose() => redis._failures.TryRemove(this, out _);
    }

#pragma warning disable CA1852 // DispatchProxy derives from it
    internal class Connection : DispatchProxy
#pragma warning restore CA1852
    {
        private IConnectionMultiplexer _multiplexer = null!;
        private IDatabase _database = null!;
        private int _subscriptionsToFail;

        internal int SubscriptionsToFail
        {
            set => Volatile.Write(ref _subscriptionsToFail, value);
        }

        internal void Open(IConnectionMultiplexer multiplexer, IDatabase database) =>
            (_multiplexer, _database) = (multiplexer, database);

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (targetMethod!.Name == nameof(IConnectionMultiplexer.GetSubscriber)
                && Interlocked.Decrement(ref _subscriptionsToFail) >= 0)
            {
                throw NoAnswer();
            }

            return targetMethod.Name == nameof(IConnectionMultiplexer.GetDatabase)
                ? _database
                : targetMethod.Invoke(_multiplexer, args);
        }
    }
}
