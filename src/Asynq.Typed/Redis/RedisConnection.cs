using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Asynq.Typed.Redis;

/// <summary>A connection to Redis. It disposes the multiplexer that it made, never one that it was given.</summary>
internal sealed class RedisConnection : IAsyncDisposable
{
    // However long the client library is told to wait for answers.
    private static readonly TimeSpan CheckPatience = TimeSpan.FromSeconds(5);

    private readonly bool _owned;
    private readonly EndPoint? _first;
    private readonly bool _tls;
    private readonly Lock _gate = new();
    private Task<string?>? _explaining;

    private RedisConnection(
        IConnectionMultiplexer multiplexer, int? database, ConfigurationOptions options, string endpoints, bool owned)
    {
        _first = options.EndPoints.FirstOrDefault();
        _tls = options.Ssl;
        AnswerTimeout = TimeSpan.FromMilliseconds(options.AsyncTimeout);
        Multiplexer = multiplexer;
        Database = multiplexer.GetDatabase(database ?? -1);
        Endpoints = endpoints;
        _owned = owned;
    }

    internal IDatabase Database { get; }

    internal IConnectionMultiplexer Multiplexer { get; }

    /// <summary>How long the client library waits for the answer to a call.</summary>
    internal TimeSpan AnswerTimeout { get; }

    /// <summary>The addresses, for messages; without secrets.</summary>
    internal string Endpoints { get; }

    /// <summary>Connects.</summary>
    /// <exception cref="ArgumentException">The text is no connection text.</exception>
    /// <exception cref="RedisUnreachableException">No server answered.</exception>
    /// <exception cref="RedisRefusedException">The server refuses the user, the password or the database.</exception>
    internal static Task<RedisConnection> ConnectAsync(string connectionString, CancellationToken ct) =>
        ConnectAsync(connectionString, NullLogger.Instance, ct);

    /// <inheritdoc cref="ConnectAsync(string, CancellationToken)"/>
    /// <param name="connectionString">Where Redis is.</param>
    /// <param name="logger">Where it is told that a node of a cluster does not answer; the others can be used.</param>
    /// <param name="ct">Gives up.</param>
    internal static async Task<RedisConnection> ConnectAsync(string connectionString, ILogger logger, CancellationToken ct)
    {
        var address = RedisAddress.Parse(connectionString);
        ct.ThrowIfCancellationRequested();
        ConnectionMultiplexer multiplexer;
        try
        {
            multiplexer = await AbandonableAsync(ConnectionMultiplexer.ConnectAsync(address.Options), ct)
                .ConfigureAwait(false);
        }
        catch (Exception exception) when (RedisFault.Of(exception) is { } fault)
        {
            var reason = exception.InnerException is null
                ? await RedisProbe.ExplainAsync(address.Options.EndPoints[0], address.Options.Ssl, ct).ConfigureAwait(false)
                : null;
            throw fault.ToConnectException(address.Description, reason);
        }

        return await CheckedAsync(
            new RedisConnection(multiplexer, null, address.Options, address.Description, owned: true), logger).ConfigureAwait(false);
    }

    /// <summary>Uses a multiplexer that somebody else owns.</summary>
    internal static RedisConnection Wrap(IConnectionMultiplexer multiplexer, int? database = null)
    {
        var options = new ConfigurationOptions
        {
            Ssl = RedisAddress.UsesTls(multiplexer.Configuration),
            AsyncTimeout = ConfigurationOptions.Parse(multiplexer.Configuration, ignoreUnknown: true).AsyncTimeout,
        };
        foreach (var endpoint in multiplexer.GetEndPoints(configuredOnly: true))
        {
            options.EndPoints.Add(endpoint);
        }

        return new(multiplexer, database, options, RedisAddress.Describe(options.EndPoints), owned: false);
    }

    /// <summary>
    /// Why calls are not sent at present, as a sentence without secrets; <c>null</c> where it cannot be told. Callers that
    /// ask at the same time share one answer.
    /// </summary>
    internal Task<string?> ExplainAsync()
    {
        if (_first is null)
        {
            return Task.FromResult<string?>(null);
        }

        lock (_gate)
        {
            if (_explaining is null or { IsCompleted: true })
            {
                _explaining = RedisProbe.ExplainAsync(_first, _tls, CancellationToken.None);
            }

            return _explaining;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_owned)
        {
            await Multiplexer.DisposeAsync().ConfigureAwait(false);
        }
    }

    // A missing database or right shows with the first command that has a key, so one is sent while the connection is made.
    private static async Task<RedisConnection> CheckedAsync(RedisConnection connection, ILogger logger)
    {
        var check = CheckAsync(connection.Database);
        try
        {
            await check.WaitAsync(CheckPatience).ConfigureAwait(false);
        }
        catch (Exception exception) when (RedisFault.Of(exception) is { Passes: true })
        {
            // A server that loads its data, or a cluster that waits for a node, will answer later: calls wait for it.
        }
        catch (Exception exception) when (
            exception is TimeoutException and not RedisTimeoutException || RedisFault.Of(exception) is { IsUnanswered: true })
        {
            // It may be one node of many: whoever needs just that one will hear of it.
            _ = ObserveAsync(check);
            RedisLog.CheckUnanswered(logger, connection.Endpoints);
        }
        catch (Exception exception)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            if (RedisFault.Of(exception) is { } fault)
            {
                throw fault.ToException(connection.Endpoints);
            }

            throw;
        }

        return connection;
    }

    private static async Task CheckAsync(IDatabase database) =>
        await database.KeyExistsAsync(Keys.Queues).ConfigureAwait(false);

    /// <summary>Has nobody miss the failure of a call that is waited for no longer.</summary>
    internal static async Task ObserveAsync(Task task) => await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static async Task<ConnectionMultiplexer> AbandonableAsync(
        Task<ConnectionMultiplexer> connecting, CancellationToken ct)
    {
        try
        {
            return await connecting.WaitAsync(ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _ = DisposeOnceMadeAsync(connecting);
            throw;
        }
    }

    private static async Task DisposeOnceMadeAsync(Task<ConnectionMultiplexer> connecting)
    {
        await ((Task)connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (connecting.IsCompletedSuccessfully)
        {
            await (await connecting.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
    }
}
