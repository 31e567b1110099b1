using System.Globalization;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Asynq.Typed.Redis;

// The URIs that asynq reads, and a little more: a user beside the password, a certificate authority, the credentials of
// Redis itself beside those of its sentinels.
//   redis://[user:password@]host[:port][/db]
//   rediss://[user:password@]host[:port][/db][?ca=/path/ca.pem]
//   redis-socket://[user:password@]/path[?db=n]
//   redis-sentinel://[user:password@]host[:port][,host[:port]…][/db]?master=name[&username=u&password=p]
// Split by hand: System.Uri knows no list of hosts, and its errors may quote a password.
internal sealed partial class RedisAddress
{
    private const string HowToEncode = "write them as '%2F', '%3F', '%23' and '%40'";

    private static ConfigurationOptions ParseUri(string text, int schemeEnd)
    {
        var options = ReadUri(text, schemeEnd);

        // Whoever connects tries again by itself; the library's three attempts of 5 s each only keep the reason back.
        options.ConnectRetry = 1;
        return options;
    }

    private static ConfigurationOptions ReadUri(string text, int schemeEnd)
    {
        var scheme = text[..schemeEnd].ToUpperInvariant();
        var uri = SplitUri(text[(schemeEnd + 3)..], isSocket: scheme == "REDIS-SOCKET");
        return scheme switch
        {
            "REDIS" => ReadServer(uri, tls: false),
            "REDISS" => ReadServer(uri, tls: true),
            "REDIS-SOCKET" => ReadSocket(uri),
            "REDIS-SENTINEL" => ReadSentinels(uri),
            _ => throw Unreadable(
                "has a scheme that is not known: use 'redis://', 'rediss://' (TLS), 'redis-socket://' or 'redis-sentinel://'"),
        };
    }

    private static UriParts SplitUri(string rest, bool isSocket)
    {
        var authorityEnd = rest.AsSpan().IndexOfAny('/', '?', '#');
        var authority = authorityEnd < 0 ? rest : rest[..authorityEnd];
        var tail = authorityEnd < 0 ? "" : rest[authorityEnd..];
        var at = authority.LastIndexOf('@');

        // What stands before such an '@' was meant as user and password, and must not be shown as host, port or path.
        if (at < 0 && tail.Contains('@', StringComparison.Ordinal) && !(isSocket && authority.Length == 0))
        {
            throw Unreadable($"has an '@' behind its host: if user or password hold '/', '?', '#' or '@', {HowToEncode}");
        }

        if (tail.Contains('#', StringComparison.Ordinal))
        {
            throw Unreadable($"has a '#', which has no meaning here: if user or password hold '/', '?', '#' or '@', {HowToEncode}");
        }

        var question = tail.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? tail : tail[..question];
        var (user, password) = at < 0 ? (null, null) : ReadUser(authority[..at]);
        return new UriParts(
            user, password, authority[(at + 1)..], path, ReadQuery(question < 0 ? "" : tail[(question + 1)..]));
    }

    private static ConfigurationOptions ReadServer(UriParts uri, bool tls)
    {
        CheckQuery(uri, tls ? ["ca"] : []);
        var options = Start(uri.Host, RedisPort, several: false);
        options.User = uri.User;
        options.Password = uri.Password;
        options.DefaultDatabase = ReadPathDatabase(uri.Path);
        options.Ssl = tls;
        if (uri.Query.TryGetValue("ca", out var authority))
        {
            TrustIssuer(options, authority);
        }

        return options;
    }

    private static ConfigurationOptions ReadSocket(UriParts uri)
    {
        CheckQuery(uri, ["db"]);
        if (uri.Host.Length > 0 || uri.Path.Length < 2)
        {
            throw Unreadable("names no absolute path of a socket: it must look like 'redis-socket:///run/redis.sock?db=0'");
        }

        var options = new ConfigurationOptions
        {
            User = uri.User,
            Password = uri.Password,
            DefaultDatabase = uri.Query.TryGetValue("db", out var text) && text.Length > 0 ? ReadDatabase(text) : null,
        };
        try
        {
            options.EndPoints.Add(new UnixDomainSocketEndPoint(Decode(uri.Path)));
        }
        catch (ArgumentOutOfRangeException)
        {
            throw Unreadable("names a socket whose path is too long for this system: about 100 bytes are the limit");
        }

        return options;
    }

    private static ConfigurationOptions ReadSentinels(UriParts uri)
    {
        CheckQuery(uri, ["master", "username", "password"]);
        if (!uri.Query.TryGetValue("master", out var master) || master.Length == 0)
        {
            throw Unreadable("names no master: append '?master=' and the name by which the sentinels know it");
        }

        // More likely the next option behind a mistyped '&', and that may be the password.
        if (master.Contains('=', StringComparison.Ordinal))
        {
            throw Unreadable("has a '=' in the name of its master: options are separated by '&'");
        }

        // asynq takes the credentials before the hosts for the sentinels. Redis itself is offered the same unless it has its
        // own: a server that wants none ignores them.
        var options = Start(uri.Host, SentinelPort, several: true);
        options.ServiceName = master;
        options.SentinelUser = uri.User;
        options.SentinelPassword = uri.Password;
        options.User = uri.Query.GetValueOrDefault("username") ?? uri.User;
        options.Password = uri.Query.GetValueOrDefault("password") ?? uri.Password;
        options.DefaultDatabase = ReadPathDatabase(uri.Path);
        return options;
    }

    private static ConfigurationOptions Start(string hosts, int port, bool several)
    {
        if (hosts.Length == 0)
        {
            throw Unreadable("names no host: put one behind '//', or behind the '@' where there is one");
        }

        var options = new ConfigurationOptions();
        foreach (var host in several ? hosts.Split(',') : [hosts])
        {
            options.EndPoints.Add(ReadHost(host, port));
        }

        return options;
    }

    private static EndPoint ReadHost(string text, int defaultPort)
    {
        var bracket = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) : -1;
        var colon = bracket < 0 ? text.IndexOf(':', StringComparison.Ordinal) : bracket + 1;
        var host = colon < 0 ? text : text[..colon];
        var port = defaultPort;
        if (colon >= 0 && colon < text.Length
            && (text[colon] != ':' || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port)
                || port is < 1 or > 65535))
        {
            throw Unreadable(
                "has a port that is no number from 1 to 65535: it must look like 'host:6379'; if a password was meant, it ends with '@'");
        }

        var name = bracket < 0 ? Decode(host) : host[1..bracket];
        if (IPAddress.TryParse(name, out var address))
        {
            return new IPEndPoint(address, port);
        }

        return Uri.CheckHostName(name) == UriHostNameType.Dns
            ? new DnsEndPoint(name, port)
            : throw Unreadable("has a host that is neither a name nor an IP address: it must look like 'host:6379'");
    }

    private static (string? User, string? Password) ReadUser(string userInfo)
    {
        var colon = userInfo.IndexOf(':', StringComparison.Ordinal);
        var user = Decode(colon < 0 ? userInfo : userInfo[..colon]);
        return (user.Length == 0 ? null : user, colon < 0 ? null : Decode(userInfo[(colon + 1)..]));
    }

    private static int? ReadPathDatabase(string path)
    {
        var text = path.Trim('/');
        return text.Length == 0 ? null : ReadDatabase(text);
    }

    private static int ReadDatabase(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var database)
            ? database
            : throw Unreadable("has a database that is no number: it must be digits, such as '/0'");

    private static Dictionary<string, string> ReadQuery(string query)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !values.TryAdd(pair[..equals], Decode(pair[(equals + 1)..])))
            {
                throw Unreadable("has a parameter behind '?' that is not 'name=value', or stands there twice");
            }
        }

        return values;
    }

    private static void CheckQuery(UriParts uri, string[] known)
    {
        if (uri.Query.Keys.FirstOrDefault(name => !known.Contains(name)) is not { } unknown)
        {
            return;
        }

        var may = known.Length == 0 ? "none is known for this scheme" : $"known are '{string.Join("', '", known)}'";
        throw Unreadable(IsWord(unknown)
            ? $"has a parameter '{unknown}' that is not known for this scheme: {may}"
            : $"has a parameter that is not known for this scheme: {may}");
    }

    private static void TrustIssuer(ConfigurationOptions options, string path)
    {
        try
        {
            options.TrustIssuer(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException
            or System.Security.Cryptography.CryptographicException or ArgumentException)
        {
            throw Unreadable($"names '{path}' as its certificate authority, which cannot be read as a certificate");
        }
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text);

    private sealed record UriParts(
        string? User, string? Password, string Host, string Path, Dictionary<string, string> Query);
}
