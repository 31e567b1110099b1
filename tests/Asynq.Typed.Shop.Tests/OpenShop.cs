using Asynq.Typed.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(Asynq.Typed.Shop.Tests.OpenShop))]

namespace Asynq.Typed.Shop.Tests;

/// <summary>One shop for all tests that only look and order: on the embedded server, during its tour and after it, until the tests end.</summary>
public sealed class OpenShop : IAsyncLifetime
{
    /// <summary>What it prints before its address, when it takes requests.</summary>
    internal const string IsOpen = "the shop is open at ";

    private SampleProcess? _process;

    public HttpClient Http { get; private set; } = new();

    public async ValueTask InitializeAsync()
    {
        _process = new SampleProcess("Shop", "--port", "0");
        await _process.WhenPrinted(IsOpen, TestContext.Current.CancellationToken);
        Http.BaseAddress = AddressIn(_process.Output);
    }

    public ValueTask DisposeAsync()
    {
        Http.Dispose();
        _process?.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>What it has printed when its tour is over.</summary>
    public async Task<string> AfterTheTourAsync(CancellationToken cancellationToken)
    {
        await _process!.WhenPrinted($"{Http.BaseAddress}health", cancellationToken); // the last of the lines to try
        return _process.Output;
    }

    internal static Uri AddressIn(string output)
    {
        var rest = output[(output.IndexOf(IsOpen, StringComparison.Ordinal) + IsOpen.Length)..];
        return new Uri(rest[..rest.IndexOf(": ", StringComparison.Ordinal)]);
    }
}
