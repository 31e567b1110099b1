using Asynq.Typed.Analyzers.Tasks;
using Asynq.Typed.Analyzers.Tests.Infrastructure;

namespace Asynq.Typed.Analyzers.Tests.Rules;

public sealed class ASQ1001TaskTypeNameIsBlankTests
{
    [Fact]
    public Task Says_which_task_and_what_to_do() => Rule<TaskDeclarationAnalyzer>.SaysAsync(
        "ASQ1001",
        "Task 'WelcomeEmail' has a blank type name: name it as it is to be known on the wire, such as \"email:welcome\"",
        """
        [AsynqTask({|#0:""|})]
        public sealed partial record WelcomeEmail(long UserId);
        """);

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\" \\t\"")]
    [InlineData("null!")]
    [InlineData("Names.Blank")]
    public Task Reports_every_constant_that_is_blank(string name) => Rule<TaskDeclarationAnalyzer>.CheckAsync(
        $$"""
        [AsynqTask({|ASQ1001:{{name}}|})]
        public sealed partial record WelcomeEmail(long UserId);

        public static class Names
        {
            public const string Blank = " ";
        }
        """);

    [Fact]
    public Task Reports_a_named_argument() => Rule<TaskDeclarationAnalyzer>.CheckAsync(
        """
        [AsynqTask(type: {|ASQ1001:""|}, MaxRetry = 3)]
        public sealed partial record WelcomeEmail(long UserId);
        """);

    [Fact]
    public Task Is_silent_on_a_visible_character() => Rule<TaskDeclarationAnalyzer>.CheckAsync(
        """
        [AsynqTask(" x ")]
        public sealed partial record WelcomeEmail(long UserId);
        """);

    [Fact]
    public Task Is_silent_on_another_attribute_of_that_name() => Rule<TaskDeclarationAnalyzer>.CheckAsync(
        """
        [Other.AsynqTask("")]
        public sealed record WelcomeEmail(long UserId);

        namespace Other
        {
            public sealed class AsynqTaskAttribute(string type) : Attribute
            {
                public string Type => type;
            }
        }
        """);
}
