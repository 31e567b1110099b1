using System.Reflection;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Asynq.Typed.Testing;

/// <summary>Runs a theory with the one argument <see cref="Backend"/> on every backend.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EachBackendAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(
        MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. Enum.GetValues<Backend>().Select(backend => new TheoryDataRow(backend))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
