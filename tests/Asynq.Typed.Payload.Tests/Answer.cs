namespace Asynq.Typed.Payload.Tests;

/// <summary>What the handler of a task returns, by way of the bytes that are stored with the task.</summary>
internal abstract class Answer
{
    /// <summary>The type of the result.</summary>
    public abstract Type Result { get; }

    /// <summary>The format that it is written in.</summary>
    public abstract PayloadFormat Format { get; }

    /// <summary>The answer of a task; fails for one whose result has no handler here.</summary>
    public static Answer Of(Type task)
    {
        var handler = typeof(Answer).Assembly.GetTypes().SingleOrDefault(type => !type.IsAbstract && ResultOf(type, task) is not null)
            ?? throw new NotSupportedException($"No handler returns a result of '{task}': add one to Results.cs.");
        return (Answer)Activator.CreateInstance(typeof(Answer<,>).MakeGenericType(task, ResultOf(handler, task)!), handler)!;
    }

    /// <summary>A random result.</summary>
    public object? Any(Random random) => new AnyValue(random, Format).CreateOrNull(Result);

    /// <summary>The bytes that are stored where the handler returns a result.</summary>
    public abstract byte[] Write(object? result);

    /// <summary>Reads the bytes that are stored.</summary>
    public abstract object? Read(byte[] result);

    private static Type? ResultOf(Type handler, Type task) => handler.GetInterfaces()
        .Where(contract => contract.IsGenericType && contract.GetGenericTypeDefinition() == typeof(IHandle<,>))
        .Select(contract => contract.GetGenericArguments())
        .FirstOrDefault(arguments => arguments[0] == task)?[1];
}

/// <summary>The answer of one task.</summary>
internal sealed class Answer<TTask, TResult>(Type handler) : Answer
    where TTask : IAsynqTask<TTask>, IAsynqResult<TTask, TResult>
{
    public override Type Result => typeof(TResult);

    public override PayloadFormat Format => EveryTaskTests.Format(typeof(TTask));

    public override byte[] Write(object? result)
    {
        var task = (TTask)new AnyValue(new Random(0), Format).Create(typeof(TTask));
        var attempt = new Attempt(
            TTask.Descriptor.Type, Wire.Write(task), new OneService(handler, handler.GetConstructors()[0].Invoke([result])));
        if (!AsynqTypedPayloadTestsHandlerModule.Instance.TryDispatch(attempt, out var running, CancellationToken.None))
        {
            throw new NotSupportedException($"Nothing is generated for the handler of '{typeof(TTask)}'.");
        }

        // Nothing in it waits, so that it is over already.
        running.GetAwaiter().GetResult();
        return attempt.Result!;
    }

    public override object? Read(byte[] result) => TTask.ReadResult(result);

    private sealed class OneService(Type type, object service) : IServiceProvider
    {
        public object? GetService(Type serviceType) => serviceType == type ? service : null;
    }

    private sealed class Attempt(string type, byte[] payload, IServiceProvider services) : TaskContext
    {
        public byte[]? Result { get; private set; }

        public override string TaskId => "1";

        public override string Type => type;

        public override string Queue => "default";

        public override string? Group => null;

        public override ReadOnlyMemory<byte> Payload => payload;

        public override int RetryCount => 0;

        public override int MaxRetry => 0;

        public override DateTimeOffset Deadline => DateTimeOffset.MaxValue;

        public override IReadOnlyDictionary<string, string> Headers { get; } = new Dictionary<string, string>();

        public override IServiceProvider Services => services;

        public override Task<bool> WriteResultAsync(ReadOnlyMemory<byte> result, CancellationToken cancellationToken = default)
        {
            Result = result.ToArray();
            return Task.FromResult(true);
        }
    }
}
