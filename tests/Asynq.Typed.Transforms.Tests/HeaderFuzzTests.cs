using System.Text;
using Asynq.Typed.Redis;
using Asynq.Typed.Testing;
using Google.Protobuf;
using Xunit;
using static Asynq.Typed.Transforms.Tests.Secrets;

namespace Asynq.Typed.Transforms.Tests;

/// <summary>
/// Headers <c>asynq-payload</c>, marks of results and transformed bytes that nobody of good will wrote: read, or refused in one
/// short line.
/// </summary>
public sealed class HeaderFuzzTests
{
    private const int PerRound = 50;

    private static readonly string[] Headers =
    [
        "br", "aes-gcm:k1", "br,aes-gcm:k1", "aes-gcm:k2", "br,aes-gcm:2026-11,zip:a.b_c-9", "gzip", "SeCrEt",

        // Well formed, and longer than any that is written.
        string.Join(',', Enumerable.Range(0, 200).Select(number => $"t{number}")),
    ];

    private static readonly string[] Pieces =
        [",", ":", "br", "aes-gcm", "k1", "", "\n", "\r", "\0", " ", "\ud800", "é", "A", "..", new('a', 65), new('b', 600), "br,", ",br", "::"];

    private static readonly TransformChain Chain = Secrets.Chain(new CompressPayload(threshold: 0), new EncryptPayload(Key("k1")));

    [Fact]
    public void A_damaged_header_is_read_as_what_it_says_or_refused()
    {
        var run = new FuzzRun();
        while (run.Next())
        {
            for (var number = 0; number < PerRound; number++)
            {
                Read(run, Damaged(run));
            }
        }
    }

    [Fact]
    public void A_payload_under_a_damaged_header_is_refused_or_the_one_that_was_written()
    {
        var run = new FuzzRun();
        while (run.Next())
        {
            var payload = Encoding.UTF8.GetBytes(new string('x', run.Random.Next(400)));
            var task = new TaskInfo { Id = "id-1", Queue = "default", Type = "mail", State = TaskState.Pending };
            var (bytes, header) = Chain.Apply(payload, new PayloadScope(PayloadPart.Payload, task.Queue, task.Type, task.Id, ""));
            for (var number = 0; number < PerRound; number++)
            {
                var (stored, said) = run.Random.Next(3) switch
                {
                    0 => (run.Damage(bytes.ToArray()), header),
                    1 => (bytes.ToArray(), Damaged(run)),
                    _ => (run.Damage(bytes.ToArray()), Damaged(run)),
                };
                var read = Refusable(run, said, () => Chain.PayloadOf(With(task, said, stored)));
                if (read is { } opened && said.Contains("aes-gcm", StringComparison.Ordinal) && !opened.Span.SequenceEqual(payload))
                {
                    throw run.Fault($"Under the header '{said}' another payload opens: {Convert.ToHexString(opened.Span)}.");
                }
            }
        }
    }

    [Fact]
    public void A_damaged_result_is_read_or_refused()
    {
        var run = new FuzzRun();
        while (run.Next())
        {
            var message = new TaskMessage { Id = "id-1", Queue = "default", Type = "mail" };
            Chain.SetPayload(message, [1, 2, 3]);
            var whole = Chain.StoredResult(message, Encoding.UTF8.GetBytes(new string('y', run.Random.Next(400)))).ToArray();
            for (var number = 0; number < PerRound; number++)
            {
                var stored = run.Random.Next(3) == 0
                    ? Encoding.UTF8.GetBytes($"asynq-payload:{Damaged(run)}{(run.Random.Next(2) == 0 ? "\n" : "")}rest")
                    : run.Damage(whole);
                var task = new TaskInfo { Id = "id-1", Queue = "default", Type = "mail", State = TaskState.Completed, Result = stored };
                Refusable(run, "", () => Chain.ResultOf(With(task, message.Headers["asynq-payload"], default)));
            }
        }
    }

    [Theory, EachBackend]
    public async Task A_task_with_a_damaged_header_is_shown_and_its_payload_replaced_or_refused(Backend backend)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.OpenAsync(backend, ct);
        await using var inspector = await AsynqInspector.ConnectAsync(database.ConnectionString, [new EncryptPayload(Key("k1"))], ct);
        var keys = Keys.Of("default");
        await database.Database.SetAddAsync(Keys.Queues, "default");
        var run = new FuzzRun();
        while (run.Next())
        {
            var header = Wire(Damaged(run));
            var message = new TaskMessage
            {
                Id = "a", Queue = "default", Type = "mail", Payload = ByteString.CopyFromUtf8("{}"), Headers = { ["asynq-payload"] = header },
            };
            await database.Database.HashSetAsync(keys.Task("a"), [new("msg", message.ToByteArray()), new("state", "scheduled")]);
            await database.Database.SortedSetAddAsync(keys.Scheduled, "a", 4_000_000_000);

            var task = (await inspector.GetTaskAsync("default", "a", ct))!;
            var view = inspector.ViewPayload(task);
            Require(run, header, view.Fault ?? "");
            try
            {
                var change = await inspector.UpdateTaskPayloadAsync("default", "a", "[1]"u8.ToArray(), ct);
                if (!change.IsDone || inspector.ViewPayload((await inspector.GetTaskAsync("default", "a", ct))!).Text != "[1]")
                {
                    throw run.Fault($"Under the header '{header}' a payload was replaced, and is not what it was replaced by: {change}.");
                }
            }
            catch (PayloadException refusal)
            {
                Require(run, header, refusal.Message);
                if ((await inspector.GetTaskAsync("default", "a", ct))!.Payload.ToArray() is not [(byte)'{', (byte)'}'])
                {
                    throw run.Fault($"Under the header '{header}' a refused payload was replaced all the same.");
                }
            }
        }
    }

    /// <summary>What is read says again what was written, and each step once; what is refused is refused by one exception.</summary>
    private static void Read(FuzzRun run, string header)
    {
        try
        {
            var steps = PayloadHeader.Read(header);
            var again = steps.Aggregate(
                "", (before, step) => PayloadHeader.Append(before, PayloadHeader.Step(step.Name, step.Parameter.Length == 0 ? null : step.Parameter)));
            if (again != header || steps.DistinctBy(step => step.Name).Count() != steps.Count || header.Length > PayloadHeader.MaxLength)
            {
                throw run.Fault($"The header '{header}' is read as '{again}'.");
            }
        }
        catch (PayloadException refusal)
        {
            Require(run, header, refusal.Message);
        }
    }

    private static ReadOnlyMemory<byte>? Refusable(FuzzRun run, string header, Func<ReadOnlyMemory<byte>> read)
    {
        try
        {
            return read();
        }
        catch (PayloadException refusal)
        {
            Require(run, header, refusal.Message);
            return null;
        }
#pragma warning disable CA1031 // Any other exception is what is looked for
        catch (Exception exception)
#pragma warning restore CA1031
        {
            throw run.Fault($"The header '{header}' is refused by something else than a PayloadException.", exception);
        }
    }

    // It is logged and stored: a name or a key's id that is well formed may stand in it, and nothing else of a header.
    private static void Require(FuzzRun run, string header, string said)
    {
        if (said.Any(char.IsControl) || said.Length > 400)
        {
            throw run.Fault($"The refusal of '{header}' has control characters, or is long: {said}");
        }
    }

    private static TaskInfo With(TaskInfo task, string header, ReadOnlyMemory<byte> payload) =>
        task with { Payload = payload, Headers = new Dictionary<string, string> { ["asynq-payload"] = header } };

    // Half of a pair of UTF-16 cannot be written to a message.
    private static string Wire(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static string Damaged(FuzzRun run)
    {
        var text = Headers[run.Random.Next(Headers.Length)];
        for (var changes = run.Random.Next(4); changes > 0; changes--)
        {
            var at = run.Random.Next(text.Length + 1);
            var until = Math.Min(text.Length, at + run.Random.Next(3));
            text = text[..at] + Pieces[run.Random.Next(Pieces.Length)] + text[until..];
        }

        return text;
    }
}
