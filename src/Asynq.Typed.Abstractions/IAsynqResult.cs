namespace Asynq.Typed;

/// <summary>
/// A task whose result can be read. Implemented by the source generator where <see cref="AsynqTaskAttribute.Result"/> names a
/// type; not meant to be written by hand.
/// </summary>
/// <typeparam name="TSelf">The payload type itself.</typeparam>
/// <typeparam name="TResult">What its handler returns.</typeparam>
public interface IAsynqResult<TSelf, TResult>
    where TSelf : IAsynqTask<TSelf>, IAsynqResult<TSelf, TResult>
{
    /// <summary>Reads what a handler stored with the task.</summary>
    /// <exception cref="PayloadException">The bytes are not a <typeparamref name="TResult"/>; the message names the
    /// member and the reason.</exception>
    static abstract TResult ReadResult(ReadOnlyMemory<byte> result);
}
