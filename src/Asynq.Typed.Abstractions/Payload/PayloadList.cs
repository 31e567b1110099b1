using System.ComponentModel;

namespace Asynq.Typed.Wire;

/// <summary>How far the reading of a list has come. Used by generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public ref struct PayloadList
{
    internal PayloadList(int count, long start)
    {
        Remaining = count;
        Start = start;
    }

    /// <summary>How many items are still to be read: what to reserve space for; 0 where it is not known.</summary>
    public int Remaining { get; internal set; }

    internal long Start { get; }
}
