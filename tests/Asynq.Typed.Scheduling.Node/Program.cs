using Asynq.Typed;

// One of several schedulers that a test runs as processes: it has one entry, and ends with its standard input.
await using var scheduler = AsynqScheduler.Connect(args[0]);
scheduler.Register(PeriodicTask.CreateRaw("@every 1s", "tick", default) with { Misfire = MisfirePolicy.All(100) });
await scheduler.StartAsync();
Console.WriteLine(scheduler.Id);
await Console.In.ReadToEndAsync();
