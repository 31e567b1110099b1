using Asynq.Typed.Redis;
using Asynq.Typed.Testing;
using StackExchange.Redis;

namespace Asynq.Typed.Benchmarks.Load;

/// <summary>The Redis server of a run, a connection to look at it, and a client to fill it.</summary>
internal sealed class Bench : IAsyncDisposable
{
    internal const string Queue = "default";

    private readonly RedisServer _redis;
    private readonly ConnectionMultiplexer _connection;
    private readonly string _row;

    private Bench(RedisServer redis, ConnectionMultiplexer connection, AsynqClient client, string row)
    {
        _redis = redis;
        _connection = connection;
        _row = row;
        Client = client;
        Server = connection.GetServers()[0];
    }

    internal AsynqClient Client { get; }

    internal IServer Server { get; }

    internal IDatabase Database => _connection.GetDatabase();

    internal int Port => _redis.Port;

    internal string ConnectionString => _redis.ConnectionString;

    internal static async Task<Bench> StartAsync(string row)
    {
        var redis = await RedisServer.StartAsync();
        var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        return new Bench(redis, connection, await AsynqClient.ConnectAsync(redis.ConnectionString), row);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await _connection.DisposeAsync();
        await _redis.DisposeAsync();
    }

    /// <summary>Says how far the row is.</summary>
    internal void Tell(string progress) => Console.Error.WriteLine($"  {_row}: {progress}");

    internal Task<RedisUse> UseAsync() => RedisUse.ReadAsync(Server);

    internal Task EmptyAsync() => Server.FlushDatabaseAsync();

    /// <summary>Puts tasks into a queue.</summary>
    internal async Task FillAsync<T>(IEnumerable<T> tasks, EnqueueOptions? options = null)
        where T : IAsynqTask<T>
    {
        await foreach (var result in Client.EnqueueManyAsync(tasks, options))
        {
            if (result.Status != EnqueueStatus.Enqueued)
            {
                throw new InvalidOperationException($"A task was not enqueued: {result.Status}.");
            }
        }
    }

    /// <summary>Schedules tasks, each for a time of its own.</summary>
    internal async Task FillTimedAsync<T>(IEnumerable<(T Task, DateTimeOffset Due)> tasks)
        where T : IAsynqTask<T>
    {
        var requests = tasks.Select(task => TaskRequest.Create(task.Task, new EnqueueOptions { ProcessAt = task.Due }));
        await foreach (var result in Client.EnqueueManyAsync(requests))
        {
            if (result.Status != EnqueueStatus.Enqueued)
            {
                throw new InvalidOperationException($"A task was not scheduled: {result.Status}.");
            }
        }
    }

    /// <summary>Waits until Redis knows how every task of a queue ended.</summary>
    internal async Task UntilFinishedAsync(string queue = Queue)
    {
        var keys = Keys.Of(queue);
        while (await Database.ListLengthAsync(keys.Active) > 0)
        {
            await Task.Delay(5);
        }
    }
}
