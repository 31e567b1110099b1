namespace Asynq.Typed.Embedded;

/// <summary>Holds a data directory for one server: two that append to the same log would destroy it.</summary>
internal sealed class DataDirectoryLock : IDisposable
{
    private readonly FileStream _file;

    private DataDirectoryLock(string directory, FileStream file)
    {
        Directory = directory;
        _file = file;
    }

    public string Directory { get; }

    public static DataDirectoryLock Take(string path)
    {
        var directory = System.IO.Directory.CreateDirectory(path).FullName;
        try
        {
            var file = new FileStream(
                Path.Combine(directory, "in-use.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new DataDirectoryLock(directory, file);
        }
        catch (IOException taken)
        {
            throw new IOException(
                $"The data directory {directory} cannot be locked: {taken.Message} "
                + "Give each embedded server a directory of its own.",
                taken);
        }
    }

    public void Dispose() => _file.Dispose();
}
