using System.ComponentModel;

namespace Asynq.Typed.Wire;

/// <summary>How far the reading of a list has come. Used by generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public ref struct PayloadList
{
    internal PayloadList(int count, int capacity, long start)
    {
        Remaining = count;
        Capacity = capacity;
        Start = start;
    }

    /// <summary>How many items to reserve space for; 0 where it is not known. Less than there are where a payload promises
    /// more of them than it has bytes.</summary>
    public int Capacity { get; }

    /// <summary>How many items are still to be read.</summary>
    internal int Remaining { get; set; }

    internal long Start { get; }
}
