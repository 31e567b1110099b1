using StackExchange.Redis;
using Xunit;

namespace Asynq.Typed.Redis.Tests.Connections;

/// <summary>How faults are told and which calls are repeated.</summary>
public sealed class FaultTests
{
    [Theory]
    [InlineData(RedisErrorKind.NoAuth, "asks for a password", false)]
    [InlineData(RedisErrorKind.WrongPass, "does not accept the user and password", false)]
    [InlineData(RedisErrorKind.NoPermission, "('ANSWER from the server'): grant it", false)]
    [InlineData(RedisErrorKind.OutOfMemory, "raise 'maxmemory'", false)]
    [InlineData(RedisErrorKind.Misconfigured, "cannot save its data", false)]
    [InlineData(RedisErrorKind.MaxClients, "'maxclients'", false)]
    [InlineData(RedisErrorKind.ReadOnly, "is a read-only replica", true)]
    [InlineData(RedisErrorKind.Loading, "is loading its data set", true)]
    [InlineData(RedisErrorKind.MasterDown, "is a replica without its primary", true)]
    [InlineData(RedisErrorKind.ClusterDown, "does not serve the queue's slot", true)]
    [InlineData(RedisErrorKind.TryAgain, "is moving the queue's slot", true)]
    [InlineData(RedisErrorKind.Moved, "is moving the queue's slot", true)]
    [InlineData(RedisErrorKind.Ask, "is moving the queue's slot", true)]
    [InlineData(RedisErrorKind.UnknownRedirectTarget, "is moving the queue's slot", true)]
    [InlineData(RedisErrorKind.NoReplicas, "'min-replicas-to-write'", true)]
    [InlineData(RedisErrorKind.Busy, "'SCRIPT KILL'", true)]
    public void A_refusal_names_server_and_remedy_in_one_line(RedisErrorKind kind, string remedy, bool passes)
    {
        var cause = new RedisServerException(kind, CommandFlags.None, "ANSWER\r\nfrom the server");
        var fault = RedisFault.Of(cause);

        var exception = Assert.IsType<RedisRefusedException>(fault?.ToException("one:6379"));

        Assert.StartsWith("Redis at one:6379 ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, exception.Message.Replace("\r\n", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
        Assert.Same(cause, exception.InnerException);
        Assert.Equal(passes, fault!.Passes);
    }

    [Theory]
    [InlineData(RedisErrorKind.NoScript)]
    [InlineData(RedisErrorKind.WrongType)]
    [InlineData(RedisErrorKind.CrossSlot)]
    [InlineData(RedisErrorKind.UnknownError)]
    public void An_answer_that_is_no_refusal_is_left_as_it_is(RedisErrorKind kind) =>
        Assert.Null(RedisFault.Of(new RedisServerException(kind, CommandFlags.None, "ERR")));

    [Fact]
    public void A_fault_of_the_caller_is_left_as_it_is() => Assert.Null(RedisFault.Of(new InvalidOperationException("no")));

    [Theory]
    [InlineData(CommandStatus.WaitingToBeSent, false)]
    [InlineData(CommandStatus.WaitingInBacklog, false)]
    [InlineData(CommandStatus.Sent, true)]
    [InlineData(CommandStatus.Unknown, true)]
    public void Only_a_call_that_never_left_is_repeated_after_a_broken_connection(CommandStatus status, bool outcomeUnknown)
    {
        var cause = new RedisConnectionException(
            ConnectionFailureType.SocketClosed, CommandFlags.None, "closed, 17 pages follow", null, status);
        var fault = RedisFault.Of(cause);

        var exception = Assert.IsType<RedisUnreachableException>(fault?.ToException("one:6379"));

        Assert.Equal(outcomeUnknown, exception.IsOutcomeUnknown);
        Assert.Equal(!outcomeUnknown, fault!.Passes);
        Assert.EndsWith("the connection broke (SocketClosed).", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CommandStatus.WaitingInBacklog, false)]
    [InlineData(CommandStatus.Sent, true)]
    public void A_call_without_an_answer_in_time_may_have_been_done_once_it_was_sent(CommandStatus status, bool outcomeUnknown)
    {
        var fault = RedisFault.Of(new RedisTimeoutException(CommandFlags.None, "Timeout, 17 pages follow", status));

        var exception = Assert.IsType<RedisUnreachableException>(fault?.ToException("one:6379"));

        Assert.Equal(outcomeUnknown, exception.IsOutcomeUnknown);
        Assert.EndsWith("no answer in time.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_to_connect_leaves_nothing_unknown()
    {
        var cause = new RedisConnectionException(
            ConnectionFailureType.AuthenticationFailure, CommandFlags.None, "17 pages", new IOException("EOF."), CommandStatus.Unknown);

        var exception = Assert.IsType<RedisUnreachableException>(RedisFault.Of(cause)?.ToConnectException("one:6379"));

        Assert.False(exception.IsOutcomeUnknown);
        Assert.Equal("Redis at one:6379 could not be reached: EOF.", exception.Message);
    }
}
