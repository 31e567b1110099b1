using System.Buffers;
using System.Text;
using System.Text.Json;
using Asynq.Typed.Redis;
using Asynq.Typed.Testing;
using CsCheck;
using Google.Protobuf;
using MessagePack;
using Xunit;

namespace Asynq.Typed.Inspection.Tests;

/// <summary>Payloads as people read them, whatever their bytes are.</summary>
public sealed class PayloadViewTests
{
    private delegate void Write(ref MessagePackWriter writer);

    [Fact]
    public void MessagePack_is_shown_as_json()
    {
        var view = View(Packed((ref writer) =>
        {
            writer.WriteMapHeader(10);
            writer.Write("name");
            writer.Write("Ännchen \"A\"\n");
            writer.Write("count");
            writer.Write(ulong.MaxValue);
            writer.Write("debt");
            writer.Write(-5);
            writer.Write("share");
            writer.Write(0.5);
            writer.Write("single");
            writer.Write(0.1f);
            writer.Write("none");
            writer.Write(double.NaN);
            writer.Write("list");
            writer.WriteArrayHeader(3);
            writer.Write(true);
            writer.WriteNil();
            writer.WriteArrayHeader(0);
            writer.Write("bytes");
            writer.Write((ReadOnlySpan<byte>)[1, 2, 255]);
            writer.Write("at");
            writer.Write(new DateTime(2030, 1, 2, 3, 4, 5, DateTimeKind.Utc));
            writer.Write(7);
            writer.WriteExtensionFormat(new ExtensionResult(9, new byte[] { 1 }));
        }));

        Assert.Equal(PayloadKind.MessagePack, view.Kind);
        Assert.Equal(
            """{"name":"Ännchen \"A\"\n","count":18446744073709551615,"debt":-5,"share":0.5,"single":0.1,"none":"NaN","list":[true,null,[]],"""
                + "\"bytes\":\"AQL/\",\"at\":\"2030-01-02T03:04:05.0000000Z\",\"7\":{\"extension\":9,\"data\":\"AQ==\"}}",
            view.Text);
        Assert.Equal(view.Text, view.ToString());
        using var json = JsonDocument.Parse(view.Text);
        Assert.Equal(10, json.RootElement.EnumerateObject().Count());
    }

    [Theory]
    [InlineData("""{"user_id":42,"tags":["a"]}""", PayloadKind.Json)]
    [InlineData(" [1, 2] ", PayloadKind.Json)]
    [InlineData("\"text\"", PayloadKind.Json)]
    [InlineData("", PayloadKind.Empty)]
    public void Json_is_shown_as_it_is(string text, PayloadKind kind)
    {
        var view = View(Encoding.UTF8.GetBytes(text));

        Assert.Equal(kind, view.Kind);
        Assert.Equal(text, view.Text);
    }

    [Theory]
    [InlineData("{\"a\":1}x", "0x7b2261223a317d78")]
    [InlineData("{\"a\":1", "0x7b2261223a31")]
    [InlineData("hello", "0x68656c6c6f")]
    [InlineData("*", "0x2a")]
    public void Anything_else_is_bytes(string text, string shown)
    {
        var view = View(Encoding.UTF8.GetBytes(text));

        Assert.Equal(PayloadKind.Bytes, view.Kind);
        Assert.Equal(shown, view.Text);
    }

    [Fact]
    public void What_is_too_long_is_cut_and_says_so()
    {
        byte[][] payloads =
        [
            Encoding.UTF8.GetBytes($"\"{new string('ä', 100_000)}\""),
            Packed((ref writer) => writer.Write(new string('ä', 100_000))),
            Packed((ref writer) =>
            {
                writer.WriteArrayHeader(100_000);
                for (var i = 0; i < 100_000; i++)
                {
                    writer.Write(i);
                }
            }),
            Packed((ref writer) =>
            {
                writer.WriteMapHeader(1);
                writer.WriteArrayHeader(1);
                writer.Write(new byte[100_000]);
                writer.Write(1);
            }),
            new byte[100_000],
        ];

        Assert.All(payloads, payload =>
        {
            var view = View(payload);
            Assert.InRange(view.Text.Length, PayloadView.MaxTextLength / 2, PayloadView.MaxTextLength);
            Assert.EndsWith("…", view.Text, StringComparison.Ordinal);
            Assert.Equal(payload, view.Bytes.ToArray());
        });
    }

    [Theory]
    [InlineData("😀", 0)]
    [InlineData("😀", 1)]
    [InlineData("😀", 2)]
    [InlineData("😀", 3)]
    [InlineData("\n", 0)]
    [InlineData("\n", 1)]
    [InlineData("ä", 0)]
    [InlineData("ä", 1)]
    public void No_character_is_cut_in_two(string character, int shift)
    {
        for (var fill = PayloadView.MaxTextLength - 16; fill <= PayloadView.MaxTextLength; fill++)
        {
            var text = new string('a', fill + shift) + string.Concat(Enumerable.Repeat(character, 20_000));
            var json = View(Encoding.UTF8.GetBytes($"\"{text.Replace("\n", "\\n", StringComparison.Ordinal)}\"")).Text;
            var packed = View(Packed((ref writer) => writer.Write(text))).Text;

            Assert.InRange(json.Length, PayloadView.MaxTextLength / 2, PayloadView.MaxTextLength);
            Assert.InRange(packed.Length, PayloadView.MaxTextLength / 2, PayloadView.MaxTextLength);
            Assert.EndsWith("…", json, StringComparison.Ordinal);
            Assert.EndsWith("…", packed, StringComparison.Ordinal);
            Assert.DoesNotContain('\uFFFD', json + packed);
            Assert.Equal(json, new string([.. json.EnumerateRunes().SelectMany(rune => rune.ToString())]));

            // What is left is a text of its own, once it is closed.
            var left = packed[..^1].TrimEnd('"') + '"';
            Assert.Matches("^a+(😀|\n|ä)*$", JsonSerializer.Deserialize<string>(left));
        }
    }

    [Fact]
    public void What_nests_too_deep_is_bytes()
    {
        Assert.Equal(PayloadKind.MessagePack, View([.. Enumerable.Repeat((byte)0x91, 64), 0x01]).Kind);
        Assert.Equal(PayloadKind.Bytes, View([.. Enumerable.Repeat((byte)0x91, 65), 0x01]).Kind);
        Assert.Equal(PayloadKind.Bytes, View([.. Enumerable.Repeat((byte)0x91, 1_000_000), 0x01]).Kind);
        Assert.Equal(PayloadKind.Bytes, View(Encoding.UTF8.GetBytes(new string('[', 1_000_000))).Kind);
    }

    [Fact]
    public void A_size_that_is_claimed_is_not_allocated()
    {
        byte[][] liars =
        [
            [0xdd, 0x7f, 0xff, 0xff, 0xff, 0x01],
            [0xdf, 0x7f, 0xff, 0xff, 0xff, 0x01],
            [0xdf, 0xff, 0xff, 0xff, 0xff, 0x01],
            [0xdb, 0x7f, 0xff, 0xff, 0xff, 0x01],
            [0xc6, 0x7f, 0xff, 0xff, 0xff, 0x01],
            [0xc9, 0x7f, 0xff, 0xff, 0xff, 0x01],
            [0xc7, 0x0c, 0xff, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            [0xc1],
        ];
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.All(liars, liar => Assert.Equal(PayloadKind.Bytes, View(liar).Kind));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }

    [Fact]
    public void Any_bytes_have_a_view_of_bounded_length()
    {
        var codes = Gen.Byte[0x80, 0xff].Array[1, 20];
        Gen.OneOf(Gen.Byte.Array[0, 60], codes, Gen.String.Select(Encoding.UTF8.GetBytes)).Sample(bytes =>
        {
            var view = View(bytes);
            return view.Text.Length <= PayloadView.MaxTextLength && view.Kind != PayloadKind.Unreadable && IsJsonWhereItSaysSo(view);
        });
    }

    [Theory, EachBackend]
    public async Task A_payload_is_read_as_its_type_and_as_no_other(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", TaskState.Pending, Memo.TypeName);
        var task = (await scene.Inspector.GetTaskAsync(Scene.Queue, "a", Scene.Ct))!;

        Assert.Equal(new Memo("payload of a"), scene.Inspector.ReadPayload<Memo>(task));
        Assert.Equal("payload of a", Encoding.UTF8.GetString(scene.Inspector.ReadPayload(task).Span));
        Assert.Throws<ArgumentException>(() => scene.Inspector.ReadPayload<Memo>(task with { Type = "other" }));
        var unreadable = Assert.Throws<UnreadableTaskException>(
            () => scene.Inspector.ReadPayload<Memo>(task with { Payload = default }));
        Assert.Contains("a memo has a text", unreadable.Message, StringComparison.Ordinal);
        Assert.Equal(PayloadKind.Empty, scene.Inspector.ViewResult(task).Kind);
    }

    [Theory, EachBackend]
    public async Task What_a_worker_runs_is_read_through_its_task_as_long_as_it_is_the_same(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.PutAsync("a", TaskState.Active, Memo.TypeName);
        var task = (await scene.Inspector.GetTaskAsync(Scene.Queue, "a", Scene.Ct))!;
        await scene.Broker.WriteServerStateAsync(
            new ServerInfo { Host = "h", Pid = 7, ServerId = "s" },
            [
                Running(task.Id, task.Payload),
                Running("deleted", Packed(static (ref writer) => writer.WriteArrayHeader(0))),
                Running("not there", default),
            ],
            null,
            TimeSpan.FromSeconds(10),
            Scene.Ct);
        var workers = (await scene.Inspector.ListWorkersAsync(Scene.Ct)).ToDictionary(worker => worker.TaskId);

        Assert.Equal("0x7061796c6f6164206f662061", (await scene.Inspector.ViewPayloadAsync(workers["a"], Scene.Ct)).Text);
        var active = (await scene.Inspector.GetTaskAsync(workers["a"], Scene.Ct))!;
        Assert.Equal(TaskState.Active, active.State);
        Assert.Equal(new Memo("payload of a"), scene.Inspector.ReadPayload<Memo>(active));

        Assert.Null(await scene.Inspector.GetTaskAsync(workers["deleted"], Scene.Ct));
        Assert.Equal("[]", (await scene.Inspector.ViewPayloadAsync(workers["deleted"], Scene.Ct)).Text);
        Assert.Equal(PayloadKind.Empty, (await scene.Inspector.ViewPayloadAsync(workers["not there"], Scene.Ct)).Kind);
        Assert.Null(await scene.Inspector.GetTaskAsync(workers["a"] with { TaskType = "other" }, Scene.Ct));
        Assert.Null(await scene.Inspector.GetTaskAsync(workers["a"] with { TaskPayload = "b"u8.ToArray() }, Scene.Ct));
    }

    [Theory, EachBackend]
    public async Task What_a_scheduler_entry_enqueues_is_shown_and_read_as_its_type(Backend backend)
    {
        await using var scene = await Scene.OpenAsync(backend);
        await scene.Broker.WriteSchedulerEntriesAsync(
            "h:1:s",
            [
                Entry("json", "report", """{"user_id":42}"""u8),
                Entry("packed", "report", Packed(static (ref writer) => writer.WriteArrayHeader(0))),
                Entry("typed", Memo.TypeName, "text"u8),
                Entry("hidden", Memo.TypeName, default),
            ],
            TimeSpan.FromSeconds(10),
            Scene.Ct);

        var entries = (await scene.Inspector.ListSchedulerEntriesAsync(Scene.Ct)).ToDictionary(entry => entry.Id);
        var views = entries.ToDictionary(entry => entry.Key, entry => scene.Inspector.ViewPayload(entry.Value));

        Assert.Equal((PayloadKind.Json, """{"user_id":42}"""), (views["json"].Kind, views["json"].Text));
        Assert.Equal((PayloadKind.MessagePack, "[]"), (views["packed"].Kind, views["packed"].Text));
        Assert.Equal((PayloadKind.Bytes, "0x74657874"), (views["typed"].Kind, views["typed"].Text));
        Assert.Equal((PayloadKind.Empty, ""), (views["hidden"].Kind, views["hidden"].Text));
        Assert.Equal(new Memo("text"), scene.Inspector.ReadPayload<Memo>(entries["typed"]));
        var other = Assert.Throws<ArgumentException>("entry", () => scene.Inspector.ReadPayload<Memo>(entries["json"]));
        Assert.StartsWith("What scheduler entry json enqueues is of type 'report'", other.Message, StringComparison.Ordinal);
        var unreadable = Assert.Throws<PayloadException>(() => scene.Inspector.ReadPayload<Memo>(entries["hidden"]));
        Assert.Equal("The payload of scheduler entry hidden cannot be read as 'memo': a memo has a text", unreadable.Message);
    }

    private static WorkerInfo Running(string task, ReadOnlyMemory<byte> payload) => new()
    {
        Host = "h",
        Pid = 7,
        ServerId = "s",
        TaskId = task,
        TaskType = Memo.TypeName,
        TaskPayload = ByteString.CopyFrom(payload.Span),
        Queue = Scene.Queue,
    };

    private static SchedulerEntry Entry(string id, string type, ReadOnlySpan<byte> payload) => new()
    {
        Id = id, Spec = "@every 1m", TaskType = type, TaskPayload = ByteString.CopyFrom(payload),
    };

    private static PayloadView View(byte[] payload)
    {
        using var inspector = new AsynqInspector((BrokerSource)null!);
        return inspector.ViewPayload(new TaskInfo
        {
            Id = "a", Queue = Scene.Queue, Type = "t", State = TaskState.Pending, Payload = payload,
        });
    }

    private static byte[] Packed(Write write)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        write(ref writer);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    private static bool IsJsonWhereItSaysSo(PayloadView view)
    {
        if (view.Kind is PayloadKind.Json or PayloadKind.MessagePack)
        {
            using var json = JsonDocument.Parse(view.Text, new JsonDocumentOptions { MaxDepth = 200 });
        }

        return true;
    }

    private sealed record Memo(string Text) : IAsynqTask<Memo>
    {
        internal const string TypeName = "memo";

        static TaskDescriptor IAsynqTask<Memo>.Descriptor { get; } = new(TypeName);

        static void IAsynqTask<Memo>.Write(IBufferWriter<byte> output, Memo task) => output.Write(Encoding.UTF8.GetBytes(task.Text));

        static Memo IAsynqTask<Memo>.Read(ReadOnlyMemory<byte> payload) =>
            payload.IsEmpty ? throw new PayloadException("a memo has a text") : new(Encoding.UTF8.GetString(payload.Span));
    }
}
