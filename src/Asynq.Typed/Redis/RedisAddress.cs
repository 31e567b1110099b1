using System.Globalization;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Asynq.Typed.Redis;

/// <summary>
/// Where Redis is and how to get in, read from a connection text: a URI as asynq takes it, or StackExchange.Redis' own
/// form. Nothing that it says of itself holds a password.
/// </summary>
internal sealed partial class RedisAddress
{
    private const int RedisPort = 6379;
    private const int SentinelPort = 26379;

    // The client library's own policy waits ever longer, up to 10 s and more, and so for many seconds after a server that was
    // away for two is back: leases that a worker could have kept would be lost. It looks once a second whether it is time.
    private static readonly TimeSpan ReconnectInterval = TimeSpan.FromMilliseconds(500);

    private RedisAddress(ConfigurationOptions options)
    {
        // Both would touch a key and a channel outside asynq:*, which a user of least privilege may not.
        options.TieBreaker = "";
        options.ConfigurationChannel = "";
        options.ReconnectRetryPolicy = new LinearRetry((int)ReconnectInterval.TotalMilliseconds);
        SetDefaultPorts(options);
        Options = options;
        Description = Describe(options);
    }

    /// <summary>What to connect with. Holds secrets: never to be printed.</summary>
    internal ConfigurationOptions Options { get; }

    /// <summary>The address for messages, without user or password.</summary>
    internal string Description { get; }

    /// <summary>Reads a connection text.</summary>
    /// <exception cref="ArgumentException">
    /// It cannot be read. The message says why in one line and quotes nothing that could be part of a password.
    /// </exception>
    internal static RedisAddress Parse(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw Unreadable("is blank: give an address such as 'localhost:6379' or 'redis://localhost:6379/0'");
        }

        text = text.Trim();
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        return new RedisAddress(
            scheme >= 0 && !text.AsSpan(0, scheme).ContainsAny(',', '=') ? ParseUri(text, scheme) : ParseNative(text));
    }

    public override string ToString() => Description;

    internal static string Describe(IEnumerable<EndPoint> endpoints) => string.Join(", ", endpoints.Select(Describe));

    private static void SetDefaultPorts(ConfigurationOptions options)
    {
        if (string.IsNullOrEmpty(options.ServiceName))
        {
            options.SetDefaultPorts();
            return;
        }

        for (var at = 0; at < options.EndPoints.Count; at++)
        {
            options.EndPoints[at] = options.EndPoints[at] switch
            {
                DnsEndPoint { Port: 0 } dns => new DnsEndPoint(dns.Host, SentinelPort, dns.AddressFamily),
                IPEndPoint { Port: 0 } ip => new IPEndPoint(ip.Address, SentinelPort),
                var complete => complete,
            };
        }
    }

    private static string Describe(ConfigurationOptions options) => string.IsNullOrEmpty(options.ServiceName)
        ? Describe(options.EndPoints)
        : $"master '{options.ServiceName}' of the sentinels {Describe(options.EndPoints)}";

    /// <summary>One address, as <c>host:port</c> or as a socket.</summary>
    internal static string Describe(EndPoint endpoint) => endpoint switch
    {
        DnsEndPoint dns => string.Create(CultureInfo.InvariantCulture, $"{dns.Host}:{dns.Port}"),
        UnixDomainSocketEndPoint socket => $"socket {socket}",
        _ => endpoint.ToString() ?? "?",
    };

    private static ArgumentException Unreadable(string fault) =>
        new($"The Redis connection text {fault}.");
}
