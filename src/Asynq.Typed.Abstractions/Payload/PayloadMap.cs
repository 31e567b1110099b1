using System.ComponentModel;

namespace Asynq.Typed.Wire;

/// <summary>How far the reading of an object or a dictionary has come. Used by generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public ref struct PayloadMap
{
    internal PayloadMap(int count, int capacity, long start)
    {
        Remaining = count;
        Capacity = capacity;
        Start = start;
    }

    /// <summary>How many entries to reserve space for; 0 where it is not known. Less than there are where a payload promises
    /// more of them than it has bytes.</summary>
    public int Capacity { get; }

    /// <summary>How many entries are still to be read.</summary>
    internal int Remaining { get; set; }

    internal long Start { get; }
}
