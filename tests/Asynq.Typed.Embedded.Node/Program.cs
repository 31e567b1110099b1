using Asynq.Typed;

// An embedded server in a process of its own, so that a test can kill it. It says where it listens, and ends with its standard
// input.
await using var server = await EmbeddedServer.StartAsync(new EmbeddedServerOptions { DataDirectory = args[0] });
Console.WriteLine(server.ConnectionString);
await Console.In.ReadToEndAsync();
