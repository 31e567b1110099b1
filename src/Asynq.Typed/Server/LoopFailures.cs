namespace Asynq.Typed.Server;

/// <summary>Counts what fails in the background. A listener that throws must not end what goes on there.</summary>
internal static class LoopFailures
{
    internal static void Count(string loop)
    {
        try
        {
            AsynqTelemetry.CountLoopFailure(loop);
        }
        catch (Exception)
        {
            // The failure itself is in the log; that its listener fails is the application's trouble.
        }
    }
}
