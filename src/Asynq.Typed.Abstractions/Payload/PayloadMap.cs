using System.ComponentModel;

namespace Asynq.Typed.Wire;

/// <summary>How far the reading of an object or a dictionary has come. Used by generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public ref struct PayloadMap
{
    internal PayloadMap(int count, long start)
    {
        Remaining = count;
        Start = start;
    }

    /// <summary>How many entries are still to be read: what to reserve space for; 0 where it is not known.</summary>
    public int Remaining { get; internal set; }

    internal long Start { get; }
}
