using System.Globalization;
using System.Net;
using StackExchange.Redis;

namespace Asynq.Typed.Redis;

/// <summary>A connection to Redis. It disposes the multiplexer that it made, never one that it was given.</summary>
internal sealed class RedisConnection : IAsyncDisposable
{
    private readonly bool _owned;

    private RedisConnection(IConnectionMultiplexer multiplexer, int? database, bool owned)
    {
        Multiplexer = multiplexer;
        Database = multiplexer.GetDatabase(database ?? -1);
        Endpoints = Describe(multiplexer.GetEndPoints(configuredOnly: true));
        _owned = owned;
    }

    internal IDatabase Database { get; }

    internal IConnectionMultiplexer Multiplexer { get; }

    /// <summary>The addresses, for messages; without secrets.</summary>
    internal string Endpoints { get; }

    /// <summary>Connects.</summary>
    /// <exception cref="ArgumentException">The text is no connection string.</exception>
    /// <exception cref="RedisUnreachableException">No server answered, or it refused the user.</exception>
    internal static async Task<RedisConnection> ConnectAsync(string connectionString, CancellationToken ct)
    {
        var options = ConnectionText.Parse(connectionString);
        ct.ThrowIfCancellationRequested();
        try
        {
            var connecting = ConnectionMultiplexer.ConnectAsync(options);
            var multiplexer = await AbandonableAsync(connecting, ct).ConfigureAwait(false);
            return new RedisConnection(multiplexer, null, owned: true);
        }
        catch (RedisException exception)
        {
            throw new RedisUnreachableException(
                $"Redis at {Describe(options.EndPoints)} could not be reached: {Reason(exception)}", exception);
        }
    }

    /// <summary>Uses a multiplexer that somebody else owns.</summary>
    internal static RedisConnection Wrap(IConnectionMultiplexer multiplexer, int? database = null) =>
        new(multiplexer, database, owned: false);

    public async ValueTask DisposeAsync()
    {
        if (_owned)
        {
            await Multiplexer.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task<ConnectionMultiplexer> AbandonableAsync(
        Task<ConnectionMultiplexer> connecting, CancellationToken ct)
    {
        try
        {
            return await connecting.WaitAsync(ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _ = connecting.ContinueWith(
                static async made => await (await made.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false),
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnRanToCompletion,
                TaskScheduler.Default);
            throw;
        }
    }

    private static string Describe(IEnumerable<EndPoint> endpoints) => string.Join(", ", endpoints.Select(Describe));

    private static string Describe(EndPoint endpoint) => endpoint switch
    {
        DnsEndPoint dns => string.Create(CultureInfo.InvariantCulture, $"{dns.Host}:{dns.Port}"),
        _ => endpoint.ToString() ?? "?",
    };

    private static string Reason(RedisException exception)
    {
        Exception deepest = exception;
        while (deepest.InnerException is { } inner)
        {
            deepest = inner;
        }

        var line = deepest.Message.ReplaceLineEndings(" ");
        return deepest == exception || exception is not RedisConnectionException failure
            ? line
            : $"{failure.FailureType}: {line}";
    }
}
