using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Asynq.Typed.Torture.Processes;
using Xunit;

namespace Asynq.Typed.Torture.Tests;

/// <summary>What the proxy that breaks connections does, and that it stops doing it.</summary>
public sealed class ProxyTests : IAsyncLifetime
{
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private ChaosProxy? _proxy;

    private static CancellationToken Ending => TestContext.Current.CancellationToken;

    private ChaosProxy Proxy => _proxy!;

    public ValueTask InitializeAsync()
    {
        _server.Start();
        _proxy = new ChaosProxy(((IPEndPoint)_server.LocalEndpoint).Port);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        _server.Stop();
    }

    [Fact]
    public async Task What_is_stalled_arrives_when_the_stall_is_over()
    {
        using var client = await ConnectAsync();
        using var server = await _server.AcceptTcpClientAsync(Ending);
        await PassAsync(client, server);

        var clock = Stopwatch.StartNew();
        var time = TimeSpan.FromMilliseconds(400);
        Proxy.StallSome(new All(), time);
        await PassAsync(client, server);

        // The proxy counts the system's ticks, which are some milliseconds apart.
        Assert.True(clock.Elapsed >= time - TimeSpan.FromMilliseconds(50), $"after {clock.Elapsed}");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Or_when_all_is_healed(bool byHeal)
    {
        using var client = await ConnectAsync();
        using var server = await _server.AcceptTcpClientAsync(Ending);
        await PassAsync(client, server);
        Proxy.StallSome(new All(), TimeSpan.FromMinutes(10));
        await client.GetStream().WriteAsync(new byte[] { 7 }, Ending);

        if (byHeal)
        {
            Proxy.Heal();
        }
        else
        {
            Proxy.EndStalls();
        }

        var read = new byte[1];
        await server.GetStream().ReadExactlyAsync(read, Ending).AsTask().WaitAsync(TimeSpan.FromMinutes(1), Ending);
        Assert.Equal(7, read[0]);
    }

    [Fact]
    public async Task Whose_connections_are_stalled_is_known()
    {
        using var client = await ConnectAsync();
        using var server = await _server.AcceptTcpClientAsync(Ending);
        await PassAsync(client, server);

        var port = ((IPEndPoint)client.Client.LocalEndPoint!).Port;
        Assert.Equal([port], Proxy.StallSome(new All(), TimeSpan.FromMilliseconds(1)));
        Assert.Contains(port, Sockets.PortsOf(Environment.ProcessId));
        Assert.Empty(Sockets.PortsOf(int.MaxValue));
    }

    [Fact]
    public void Of_the_delays_of_several_faults_the_longest_counts()
    {
        var (little, much) = (TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(300));
        using var first = Proxy.Slow(little);
        var second = Proxy.Slow(much);
        Assert.Equal(much, Proxy.Delay);

        second.Dispose();
        second.Dispose();
        Assert.Equal(little, Proxy.Delay);

        first.Dispose();
        Assert.Equal(TimeSpan.Zero, Proxy.Delay);
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Proxy.Port, Ending);
        return client;
    }

    private static async Task PassAsync(TcpClient from, TcpClient to)
    {
        await from.GetStream().WriteAsync(new byte[] { 1 }, Ending);
        await to.GetStream().ReadExactlyAsync(new byte[1], Ending);
    }

    /// <summary>Has every connection be among those that are stalled.</summary>
    private sealed class All : Random
    {
        public override int Next(int maxValue) => 0;
    }
}
