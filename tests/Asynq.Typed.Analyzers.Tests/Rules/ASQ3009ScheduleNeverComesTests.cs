using Asynq.Typed.Analyzers.Options;
using Asynq.Typed.Analyzers.Tests.Infrastructure;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ3009ScheduleNeverComesTests
{
    [Fact]
    public Task Says_which_and_what_to_name() => Rule<ScheduleAnalyzer>.SaysAsync(
        "ASQ3009",
        "Schedule '0 0 30 2 *' never comes due: name a day that one of its months has, and a value in each field",
        Register("{|#0:\"0 0 30 2 *\"|}"));

    [Theory]
    [InlineData("0 0 30 2 *")]
    [InlineData("0 0 31 4,6,9,11 *")]
    [InlineData(", * * * *")]
    [InlineData("* , * * *")]
    [InlineData("CRON_TZ=Local 0 0 31 2 *")]
    public Task Reports_dates_that_do_not_exist(string schedule) =>
        Rule<ScheduleAnalyzer>.CheckAsync(Register("{|ASQ3009:\"" + schedule + "\"|}"));

    [Fact]
    public Task Reports_it_in_the_attribute() => Rule<ScheduleAnalyzer>.CheckAsync(
        """
        [AsynqTask("report"), PeriodicTask({|ASQ3009:"0 0 30 2 ?"|})]
        public sealed partial record Report;
        """);

    [Theory]
    [InlineData("0 0 29 2 *")]
    [InlineData("0 0 31 * *")]
    [InlineData("0 0 31 2 1")]
    [InlineData("30 2 * 3 0")]
    [InlineData("@every 2562047h")]
    [InlineData("@yearly")]
    public Task Is_silent_on_what_comes_however_seldom(string schedule) =>
        Rule<ScheduleAnalyzer>.CheckAsync(Register($"\"{schedule}\""));

    private static string Register(string schedule) =>
        ASQ3008ScheduleIsNotValidTests.Source.Body($"scheduler.Register({schedule}, new Report());");
}
