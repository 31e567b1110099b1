using System.Threading.Channels;
using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static Asynq.Typed.Redis.Tests.Operations.Scene;

namespace Asynq.Typed.Redis.Tests.Operations;

/// <summary>What is sent, answered by the test.</summary>
internal sealed class BatchWire
{
    private readonly List<(string Ids, CancellationToken Token, TaskCompletionSource<EnqueueReply[]> Answer)> _calls = [];
    private readonly Channel<bool> _sent = Channel.CreateUnbounded<bool>();
    private readonly EnqueueBatch _batch;
    private int _awaited;

    internal BatchWire() => _batch = new EnqueueBatch(
        Prepare, Send, Time);

    /// <summary>Stands still but for what fails: that takes as long as a call is repeated.</summary>
    internal FakeTimeProvider Time { get; } = new();

    internal Exception? Obstacle { get; set; }

    /// <summary>What each call waits for before it is sent.</summary>
    internal Task Preparing { get; set; } = Task.CompletedTask;

    /// <summary>Called in the course of each call.</summary>
    internal Action Sending { get; set; } = static () => { };

    internal string[] Calls
    {
        get
        {
            lock (_calls)
            {
                return [.. _calls.Select(call => call.Ids)];
            }
        }
    }

    internal CancellationToken[] Tokens
    {
        get
        {
            lock (_calls)
            {
                return [.. _calls.Select(call => call.Token)];
            }
        }
    }

    internal Task<EnqueueOutcome>[] AddAll(string ids) => [.. ids.Split(' ').Select(id => Add(id))];

    internal Task<EnqueueOutcome> Add(string id, CancellationTokenSource? stop = null)
    {
        var message = Message(id);
        message.Payload = ByteString.CopyFrom(new byte[id == "large" ? 1024 * 1024 : 1]);
        return _batch.AddAsync(EnqueueItem.Pending(message), stop?.Token ?? CancellationToken.None);
    }

    internal async Task UntilCallsAsync(int count)
    {
        for (; _awaited < count; _awaited++)
        {
            await _sent.Reader.ReadAsync(Ct);
        }
    }

    internal void Answer(int call, params EnqueueReply[] replies)
    {
        lock (_calls)
        {
            Assert.Equal(_calls[call].Ids.Split(' ').Length, replies.Length);
            _calls[call].Answer.SetResult(replies);
        }
    }

    internal void Fail(int call, Exception exception) => Fail(call, exception, Redis.Broker.RepeatFor);

    internal void Fail(int call, Exception exception, TimeSpan after)
    {
        Time.Advance(after);
        lock (_calls)
        {
            _calls[call].Answer.SetException(exception);
        }
    }

    private ValueTask Prepare()
    {
        if (Obstacle is null)
        {
            return new ValueTask(Preparing);
        }

        Time.Advance(Redis.Broker.RepeatFor);
        return ValueTask.FromException(Obstacle);
    }

    private Task<EnqueueReply[]> Send(IReadOnlyList<EnqueueItem> items, CancellationToken ct)
    {
        Sending();
        var answer = new TaskCompletionSource<EnqueueReply[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_calls)
        {
            _calls.Add((string.Join(' ', items.Select(item => item.Message.Id)), ct, answer));
        }

        _sent.Writer.TryWrite(true);
        return answer.Task;
    }
}
