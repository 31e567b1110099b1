namespace Asynq.Typed.Server.Tests;

/// <summary>Names the options of <see cref="AsynqServerOptions"/> whose effect a test shows: without it, the test fails.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ShowsOptionAttribute(params string[] options) : Attribute
{
    public IReadOnlyList<string> Options { get; } = options;
}
