using System.Runtime.CompilerServices;
using Xunit;

namespace Asynq.Typed.Generators.Tests;

/// <summary>
/// Compares generated files with those that were accepted: <c>X.verified.cs</c>. What differs is left beside it as
/// <c>X.received.cs</c>. To accept it, run the tests with ASYNQ_UPDATE_SNAPSHOTS=1.
/// </summary>
internal static class Snapshot
{
    public static void Verify(string name, string text)
    {
        var verified = Path.Combine(Folder(), name + ".verified.cs");
        var received = Path.Combine(Folder(), name + ".received.cs");
        if (Environment.GetEnvironmentVariable("ASYNQ_UPDATE_SNAPSHOTS") == "1")
        {
            Assert.False(
                string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase),
                "Snapshots are not updated where CI=true: unset ASYNQ_UPDATE_SNAPSHOTS.");
            File.WriteAllText(verified, text);
            File.Delete(received);
            return;
        }

        var expected = File.Exists(verified) ? File.ReadAllText(verified).ReplaceLineEndings("\n") : null;
        if (expected == text)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, text);
        if (expected is null)
        {
            Assert.Fail($"There is no {verified}. If {received} is right, run with ASYNQ_UPDATE_SNAPSHOTS=1.");
        }

        Assert.Equal(expected, text);
    }

    private static string Folder([CallerFilePath] string path = "") =>
        Path.Combine(Path.GetDirectoryName(path)!, "Snapshots");
}
