using Asynq.Typed.Testing;
using Xunit;

namespace Asynq.Typed.Redis.Tests.Fuzz;

/// <summary>Connection texts that nobody of good will wrote: read or refused in one line, and no secret in the line.</summary>
public sealed class AddressFuzzTests
{
    private const string Secret = "SeCrEt";


    private static readonly string[] Samples =
    [
        $"redis://:{Secret}@localhost", $"redis://ann:{Secret}@localhost:1/12", $"rediss://ann:{Secret}@[::1]:6390/1",
        $"redis-socket://ann:{Secret}@/run/redis.sock?db=3",
        $"redis-sentinel://sam:{Secret}@one:5000,two/2?master=main&username=ann&password={Secret}",
        $"localhost:7000,user=ann,password={Secret},defaultDatabase=4,ssl=true", $"one:1,two:2,password={Secret},serviceName=main",
    ];

    private static readonly string[] Pieces =
        ["://", "redis", "rediss", ":", "@", "/", "?", "=", ",", "%", "%zz", "[", "]", "\n", "\0", "\ud800", "é", "99999", "-1", " ", "password="];

    [Fact]
    public void A_damaged_connection_text_is_read_or_refused()
    {
        var run = new FuzzRun();
        while (run.Next())
        {
            for (var number = 0; number < 100; number++)
            {
                Try(run, Damage(run, Samples[run.Random.Next(Samples.Length)]));
            }
        }
    }

    private static void Try(FuzzRun run, string text)
    {
        string said;
        try
        {
            said = Redis.RedisAddress.Parse(text).ToString();
        }
        catch (ArgumentException refusal)
        {
            said = refusal.ToString();
            if (refusal.Message.Contains('\n', StringComparison.Ordinal))
            {
                throw run.Fault($"The refusal of '{text}' has several lines: {refusal.Message}");
            }
        }
#pragma warning disable CA1031 // Any other exception is what is looked for
        catch (Exception exception)
#pragma warning restore CA1031
        {
            throw run.Fault($"'{text}' is refused by something else than an ArgumentException.", exception);
        }

        if (said.Contains(Secret, StringComparison.Ordinal) && !IsOutsideOfSecrets(text))
        {
            throw run.Fault($"'{text}' gives away its password: {said}");
        }
    }

    // Where the damage has made the secret a host's name or part of a path, it is none to anybody who reads the text.
    private static bool IsOutsideOfSecrets(string text)
    {
        var at = text.IndexOf(Secret, StringComparison.Ordinal);
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        var path = scheme < 0 ? -1 : text.IndexOf('/', scheme + "://".Length);
        if (at >= 0 && path >= 0 && path < at && !text[path..at].Contains('?', StringComparison.Ordinal))
        {
            return true;
        }

        return at >= 0 && text[..at] is var before
            && !before.EndsWith(':') && !before.EndsWith("password=", StringComparison.OrdinalIgnoreCase);
    }

    private static string Damage(FuzzRun run, string text)
    {
        for (var changes = run.Random.Next(1, 5); changes > 0; changes--)
        {
            var at = run.Random.Next(text.Length + 1);
            var until = Math.Min(text.Length, at + run.Random.Next(3));

            // The secret itself stays whole, or it could not be looked for.
            var secret = text.IndexOf(Secret, StringComparison.Ordinal);
            if (secret >= 0 && at < secret + Secret.Length && until > secret)
            {
                continue;
            }

            var piece = run.Random.Next(3) == 0 ? "" : Pieces[run.Random.Next(Pieces.Length)];
            text = secret >= 0 && at > secret && at < secret + Secret.Length ? text : text[..at] + piece + text[until..];
        }

        return text;
    }
}
