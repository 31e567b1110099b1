using Asynq.Typed.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(Asynq.Typed.Shop.Tests.OpenShop))]

namespace Asynq.Typed.Shop.Tests;

/// <summary>One shop for all tests that only look and order: on the embedded server, after its tour, until the tests end.</summary>
public sealed class OpenShop : IAsyncLifetime
{
    private SampleProcess? _process;

    /// <summary>What it printed so far.</summary>
    public string Output => _process!.Output;

    public HttpClient Http { get; private set; } = new();

    public async ValueTask InitializeAsync()
    {
        _process = new SampleProcess("Shop", "--port", "0");
        await _process.WhenPrinted("/health", TestContext.Current.CancellationToken); // the last of the lines to try
        await _process.WhenPrinted("Now you.", TestContext.Current.CancellationToken);
        Http.BaseAddress = AddressIn(_process.Output);
    }

    public ValueTask DisposeAsync()
    {
        Http.Dispose();
        _process?.Dispose();
        return ValueTask.CompletedTask;
    }

    internal static Uri AddressIn(string output)
    {
        const string before = "the shop is open at ";
        var rest = output[(output.IndexOf(before, StringComparison.Ordinal) + before.Length)..];
        return new Uri(rest[..rest.IndexOf(": ", StringComparison.Ordinal)]);
    }
}
