using Asynq.Typed.Torture;
using Asynq.Typed.Torture.Nodes;

switch (args)
{
    case ["worker", var settings]:
        return await WorkerNode.RunAsync(NodeSettings.Parse(settings));
    case ["producer", var settings]:
        await ProducerNode.RunAsync(NodeSettings.Parse(settings));
        return 0;
    case ["scheduler", var settings]:
        return await SchedulerNode.RunAsync(NodeSettings.Parse(settings));
    case ["embedded", var settings]:
        await EmbeddedNode.RunAsync(NodeSettings.Parse(settings));
        return 0;
}

try
{
    return await TortureProgram.RunAsync(Arguments.Parse(args));
}
catch (Exception exception) when (exception is ArgumentException or FormatException)
{
    Console.Error.WriteLine(exception.Message);
    Console.Error.WriteLine(Arguments.Usage);
    return 2;
}
