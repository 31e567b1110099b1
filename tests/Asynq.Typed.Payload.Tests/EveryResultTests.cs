using System.Reflection;
using Asynq.Typed.Wire;
using CsCheck;
using Xunit;

namespace Asynq.Typed.Payload.Tests;

/// <summary>
/// Random results of every task in this assembly that has one: written by what is generated for its handler, and read by what is
/// generated for the task. A task without a handler fails, and so does a type that the reader knows and no result here has.
/// </summary>
public class EveryResultTests
{
    private const int Values = 60;
    private const int Samples = 8;

    public static TheoryData<string> Tasks => [.. Asked().Select(task => task.FullName!)];

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Any_result_is_read_as_it_was_returned(string task)
    {
        var answer = Answer.Of(Find(task));

        Gen.Int.Sample(
            seed =>
            {
                var result = answer.Any(new Random(seed));
                var written = answer.Write(result);
                var difference = Same.Difference(result, answer.Read(written), answer.Format, "result");
                Assert.True(difference is null, $"{difference}; seed {seed}, written as {Convert.ToHexString(written)}");
            },
            iter: Values,
            threads: 1);
    }

    [Theory]
    [InlineData(PayloadFormat.MessagePack, typeof(PayloadReader))]
    [InlineData(PayloadFormat.Json, typeof(JsonPayloadReader))]
    public void Every_type_that_a_reader_knows_is_in_a_result(PayloadFormat format, Type reader) =>
        Assert.Empty(EveryTaskTests.Untested(
            reader, Asked().Where(task => EveryTaskTests.Format(task) == format).Select(task => Answer.Of(task).Result)));

    [Fact]
    public void Damaged_results_are_read_or_refused() =>
        HostileTests.Damage(HostileTests.DamageBytes, Targets(format => format != PayloadFormat.Json));

    [Fact]
    public void Damaged_results_in_JSON_are_read_or_refused() =>
        HostileTests.Damage(HostileTests.DamageText, Targets(format => format == PayloadFormat.Json));

    private static HostileTests.Target[] Targets(Func<PayloadFormat, bool> isMeant) =>
    [
        .. Asked()
            .Where(task => isMeant(EveryTaskTests.Format(task)))
            .Select(Answer.Of)
            .Select(answer => new HostileTests.Target(
                [.. Enumerable.Range(0, Samples).Select(seed => answer.Write(answer.Any(new Random(seed)))).Where(written => written.Length > 0)],
                bytes => HostileTests.Try(result => answer.Read(result), "result " + answer.Result, bytes))),
    ];

    private static Type Find(string task) => typeof(EveryResultTests).Assembly.GetType(task)!;

    private static IEnumerable<Type> Asked() =>
        EveryTaskTests.Types().Where(task => task.GetCustomAttribute<AsynqTaskAttribute>()!.Result is not null);
}
