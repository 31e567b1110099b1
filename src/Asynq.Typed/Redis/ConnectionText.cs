using System.Globalization;
using StackExchange.Redis;

namespace Asynq.Typed.Redis;

/// <summary>Reads connection strings: Redis URIs and StackExchange.Redis' own form.</summary>
internal static class ConnectionText
{
    private const int DefaultPort = 6379;

    /// <summary>The options that the text stands for.</summary>
    /// <exception cref="ArgumentException">The text is blank or is no connection string. The message holds no secret.</exception>
    internal static ConfigurationOptions Parse(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new ArgumentException(
                "The Redis connection string is blank: give an address such as 'localhost:6379' or 'redis://localhost:6379/0'.",
                nameof(text));
        }

        var options = text.Contains("://", StringComparison.Ordinal) ? ParseUri(text) : ParseNative(text);

        // Both would touch keys and channels outside asynq:*, which a user of least privilege may not.
        options.TieBreaker = "";
        options.ConfigurationChannel = "";
        return options;
    }

    private static ConfigurationOptions ParseNative(string text)
    {
        ConfigurationOptions options;
        try
        {
            options = ConfigurationOptions.Parse(text, ignoreUnknown: false);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            // The parser's own message may quote the text, and with it a password.
            throw new ArgumentException(
                "The Redis connection string cannot be read: it must be a URI such as 'redis://host:6379/0' or "
                + "'host:6379,option=value'; check the options' names and values.",
                nameof(text));
        }

        return options.EndPoints.Count > 0
            ? options
            : throw new ArgumentException(
                "The Redis connection string names no address: put 'host:port' at its start.", nameof(text));
    }

    private static ConfigurationOptions ParseUri(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("redis" or "rediss"))
        {
            throw new ArgumentException(
                "The Redis URI cannot be read: it must look like 'redis://user:password@host:6379/0' or 'rediss://…' for TLS.",
                nameof(text));
        }

        if (uri.Host.Length == 0)
        {
            throw new ArgumentException("The Redis URI names no host: put one behind '//'.", nameof(text));
        }

        var options = new ConfigurationOptions { Ssl = uri.Scheme == "rediss" };
        options.EndPoints.Add(uri.IdnHost, uri.Port < 0 ? DefaultPort : uri.Port);
        if (options.Ssl)
        {
            options.SslHost = uri.IdnHost;
        }

        ReadUser(options, uri.UserInfo);
        ReadDatabase(options, uri.AbsolutePath);
        return options;
    }

    private static void ReadUser(ConfigurationOptions options, string userInfo)
    {
        if (userInfo.Length == 0)
        {
            return;
        }

        var colon = userInfo.IndexOf(':', StringComparison.Ordinal);
        var user = Uri.UnescapeDataString(colon < 0 ? userInfo : userInfo[..colon]);
        if (user.Length > 0)
        {
            options.User = user;
        }

        if (colon >= 0)
        {
            options.Password = Uri.UnescapeDataString(userInfo[(colon + 1)..]);
        }
    }

    private static void ReadDatabase(ConfigurationOptions options, string path)
    {
        var text = path.Trim('/');
        if (text.Length == 0)
        {
            return;
        }

        options.DefaultDatabase = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var database)
            ? database
            : throw new ArgumentException(
                $"The Redis URI's path '/{text}' is no database number: use digits, for instance '/0'.", nameof(path));
    }
}
