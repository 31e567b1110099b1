using System.Net;
using StackExchange.Redis;

namespace Asynq.Typed.Redis;

// StackExchange.Redis' form: host:port[,host:port…][,option=value…]
internal sealed partial class RedisAddress
{
    /// <summary>Whether a multiplexer with this configuration speaks TLS.</summary>
    internal static bool UsesTls(string? configuration) => TryReadNative(configuration ?? "")?.Ssl ?? false;

    private static ConfigurationOptions ParseNative(string text)
    {
        CheckParts(text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

        // Its parts have been read one by one, so what is left to fail is not known; the message may quote the text.
        var options = TryReadNative(text) ?? throw Unreadable(
            "cannot be read: it must look like 'host:6379,option=value' or 'redis://host:6379/0'");
        if (options.EndPoints.Count == 0)
        {
            throw Unreadable("names no address: put 'host:port' at its start");
        }

        if (!options.ChannelPrefix.IsNullOrEmpty)
        {
            throw Unreadable(
                "has the option 'channelPrefix', which would rename the channels on which other processes publish: leave it out");
        }

        return options;
    }

    private static void CheckParts(string[] parts)
    {
        var afterPassword = false;
        foreach (var part in parts)
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                CheckAddress(part, afterPassword);
                continue;
            }

            var name = part[..equals].Trim();
            // A second address would be the part itself, shown with whatever secret it has.
            if (TryReadNative("localhost," + part) is not { EndPoints.Count: 1 })
            {
                throw Unreadable(IsWord(name)
                    ? $"has an option '{name}' that does not exist or whose value cannot be read: check its spelling"
                    : "has an option that cannot be read: options look like 'name=value'");
            }

            afterPassword |= name.EndsWith("password", StringComparison.OrdinalIgnoreCase);
        }
    }

    private static void CheckAddress(string part, bool afterPassword)
    {
        // Either would be shown as an address, and is more likely the rest of a password.
        if (afterPassword)
        {
            throw Unreadable(
                "has something without '=' behind the password: put addresses first; a password with a comma needs the form "
                + "'redis://user:password@host:port', with the comma as '%2C'");
        }

        if (part.Contains('@', StringComparison.Ordinal))
        {
            throw Unreadable(
                "has an '@' in an address: user and password are options here (',user=…,password=…'), or use the form "
                + "'redis://user:password@host:port'");
        }

        if (TryReadNative(part)?.EndPoints is not [var address] || (address is DnsEndPoint { Host: var host } && !IsHostName(host)))
        {
            throw Unreadable(
                "has an address that cannot be read: addresses look like 'host:port', or 'redis://user:password@host:port/0'");
        }
    }

    private static ConfigurationOptions? TryReadNative(string text)
    {
        try
        {
            return ConfigurationOptions.Parse(text, ignoreUnknown: false);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException)
        {
            return null;
        }
    }

    // Anything else is a mistyped URI or option, and may hold a password.
    private static bool IsHostName(string text) =>
        text.All(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_' or '.');

    // What begins as 'password' does, and goes on, may be one whose '=' was forgotten.
    private static bool IsWord(string text) =>
        text.Length is > 0 and <= 40 && text.All(char.IsAsciiLetter)
        && (text.Length == "password".Length || !text.Contains("password", StringComparison.OrdinalIgnoreCase));
}
