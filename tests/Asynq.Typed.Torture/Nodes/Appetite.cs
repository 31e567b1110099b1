namespace Asynq.Typed.Torture.Nodes;

/// <summary>
/// Takes memory until the limit of the process is reached, and keeps it, so that everything else in the process runs out of it
/// too. After a while the process is killed, as the system does with such a one.
/// </summary>
internal sealed class Appetite(bool isLimited, Death death)
{
    private const int Mouthful = 1024 * 1024;
    private static readonly TimeSpan UntilKilled = TimeSpan.FromSeconds(3);

    private readonly List<byte[]> _eaten = [];

    public async Task EatAsync()
    {
        if (!isLimited)
        {
            throw new InvalidOperationException("Only a process with a memory limit may do this: the machine is others' too.");
        }

        _ = Task.Delay(UntilKilled).ContinueWith(
            _ => death.Now(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        while (true)
        {
            lock (_eaten)
            {
                _eaten.Add(new byte[Mouthful]);
            }

            await Task.Yield();
        }
    }
}
