using System.Buffers;
using System.Text;
using System.Text.Json;
using CsCheck;
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

    [Fact]
    public async Task A_payload_is_read_as_its_type_and_as_no_other()
    {
        await using var scene = await Scene.OpenAsync(Testing.Backend.Embedded);
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

    private static PayloadView View(byte[] payload)
    {
        using var inspector = new AsynqInspector((Asynq.Typed.Redis.BrokerSource)null!);
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
