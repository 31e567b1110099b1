using System.Text;
using Xunit;

namespace Asynq.Typed.Payload.Tests;

public sealed record Sum(int Total, Line? Line);

[AsynqTask("test:sum", Result = typeof(Sum))]
public sealed partial record Ask(int A);

[AsynqTask("test:json-sums", Format = PayloadFormat.Json, Result = typeof(List<Sum>))]
public sealed partial record AskJson(int A);

[AsynqTask("test:raw-sum", Format = PayloadFormat.Raw, Result = typeof(byte[]))]
public sealed partial record AskRaw(byte[] A);

[AsynqTask("test:list", Result = typeof(int?))]
public sealed partial record AskNumber([PayloadKey(0)] int First, [PayloadKey(1)] Inner Inner, [PayloadKey(2)] List<List<Inner>> Many);

[AsynqTask("test:json-list", Format = PayloadFormat.Json)]
public sealed partial record JsonNested([PayloadKey(0)] int First, [PayloadKey(1)] Inner Inner, [PayloadKey(2)] List<List<Inner>> Many);

public sealed record Inner([PayloadKey(0)] int Left, [PayloadKey(1)] int Right);

/// <summary>Results, and the paths of what is wrong in lists of members.</summary>
public class ResultTests
{
    [Fact]
    public void A_result_is_read_in_the_format_of_its_task()
    {
        Assert.Equal(
            new Sum(3, new Line("a", 1)),
            Read<Ask, Sum>(Wire.Pack(new Dictionary<string, object?>
            {
                ["Total"] = 3,
                ["Line"] = new Dictionary<string, object> { ["Sku"] = "a", ["Amount"] = 1 },
            })));
        Assert.Equal([new Sum(3, null)], Read<AskJson, List<Sum>>("""[{"Total":3,"Line":null}]"""u8.ToArray()));
        Assert.Equal([1, 2], Read<AskRaw, byte[]>([1, 2]));
        Assert.Null(Read<AskNumber, int?>([0xc0]));
        Assert.Equal(5, Read<AskNumber, int?>([5]));
    }

    [Fact]
    public void A_result_that_is_none_is_refused() => Assert.Equal(
        "The payload lacks the members Line, Total", Assert.Throws<PayloadException>(() => Read<Ask, Sum>([0x80])).Message);

    [Fact]
    public void An_error_names_the_path_through_nested_lists_of_members()
    {
        Assert.Equal("Inner.Right is null, but its type is not nullable", Fault("[1,[2,null],[]]"));
        Assert.Equal("Inner lacks the member Right", Fault("[1,[2],[]]"));
        Assert.Equal("Many[0][1].Left is null, but its type is not nullable", Fault("[1,[2,3],[[[4,5],[null,6]]]]"));
        Assert.Equal("Many[1] is null, but its type is not nullable", Fault("[1,[2,3],[[],null]]"));
        Assert.Equal("First is null, but its type is not nullable", Fault("[null,[2,3],[]]"));

        static string Fault(string json)
        {
            var packed = MessagePack.MessagePackSerializer.ConvertFromJson(
                json, cancellationToken: TestContext.Current.CancellationToken);
            var message = Assert.Throws<PayloadException>(() => Wire.Read<AskNumber>(packed)).Message;
            Assert.Equal(
                message, Assert.Throws<PayloadException>(() => Wire.Read<JsonNested>(Encoding.UTF8.GetBytes(json))).Message);
            return message;
        }
    }

    private static TResult Read<TTask, TResult>(byte[] result)
        where TTask : IAsynqTask<TTask>, IAsynqResult<TTask, TResult> => TTask.ReadResult(result);
}
