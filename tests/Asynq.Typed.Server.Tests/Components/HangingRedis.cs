using System.Collections.Concurrent;
using System.Reflection;
using Asynq.Typed.Redis;
using StackExchange.Redis;

namespace Asynq.Typed.Server.Tests.Components;

/// <summary>Stands before a database, counts the calls of scripts, and can leave those of one script with one key unanswered.</summary>
#pragma warning disable CA1852 // DispatchProxy derives from it
internal class HangingRedis : DispatchProxy, IDisposable
#pragma warning restore CA1852
{
    private readonly ConcurrentDictionary<string, int> _calls = new();
    private IDatabase _database = null!;
    private byte[] _script = [];
    private RedisKey _key;
    private TaskCompletionSource<RedisResult>? _answer;
    private volatile Held? _held;

    internal IConnectionMultiplexer Multiplexer { get; private set; } = null!;

    internal static HangingRedis On(IConnectionMultiplexer multiplexer)
    {
        var database = Create<IDatabase, HangingRedis>();
        var self = (HangingRedis)(object)database;
        self._database = multiplexer.GetDatabase();
        var connection = Create<IConnectionMultiplexer, Connection>();
        ((Connection)(object)connection).Open(multiplexer, database);
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

    internal int CallsOf(string script) => _calls.GetValueOrDefault(Convert.ToHexString(Script.Load(script).Sha1));

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
            _calls.AddOrUpdate(Convert.ToHexString(sha1), 1, static (_, before) => before + 1);
            if (_answer is { } answer && sha1.AsSpan().SequenceEqual(_script) && keys.Contains(_key))
            {
                return answer.Task;
            }
        }

        var result = targetMethod!.Invoke(_database, args);
        return result is Task<RedisResult> call && _held is { } held && held.Is(args!)
            ? LaterAsync(call, held.Until)
            : result;
    }

    private static async Task<RedisResult> LaterAsync(Task<RedisResult> call, Task until)
    {
        var result = await call;
        await until;
        return result;
    }

    private sealed record Held(Script Script, RedisKey? Key, Task Until)
    {
        internal bool Is(object?[] call) => IsScript(call[0]) && (Key is not { } key || (call[1] as RedisKey[] ?? []).Contains(key));

        private bool IsScript(object? called) =>
            called is byte[] sha1 ? sha1.AsSpan().SequenceEqual(Script.Sha1) : called as string == Script.Text;
    }

#pragma warning disable CA1852 // DispatchProxy derives from it
    internal class Connection : DispatchProxy
#pragma warning restore CA1852
    {
        private IConnectionMultiplexer _multiplexer = null!;
        private IDatabase _database = null!;

        internal void Open(IConnectionMultiplexer multiplexer, IDatabase database) =>
            (_multiplexer, _database) = (multiplexer, database);

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.Name == nameof(IConnectionMultiplexer.GetDatabase)
                ? _database
                : targetMethod.Invoke(_multiplexer, args);
    }
}
