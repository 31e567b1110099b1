using System.Net;
using Asynq.Typed;
using Shop;
using Shop.Contracts;

var arguments = Arguments.Parse(args, out var fault);
if (arguments is null)
{
    Console.Error.WriteLine(fault);
    Console.Error.WriteLine(Arguments.Usage);
    return 2;
}

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Critical); // the journal says what happens
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, arguments.Port));
builder.Services.AddSingleton<Journal>();
builder.Services.AddSingleton<Books>();
builder.Services.AddSingleton<Postbox>();
builder.Services.AddSingleton<Tour>();

var asynq = builder.Services.AddAsynq()
    .AddServer(server =>
    {
        server.Concurrency = 4;
        server.Queues = new() { [ShopQueues.Payments] = 6, [ShopQueues.Orders] = 3, [ShopQueues.Mail] = 1 };
        server.GroupGracePeriod = TimeSpan.FromSeconds(2); // a digest goes out when no notice has come for so long,
        server.GroupMaxDelay = TimeSpan.FromSeconds(20);   // or when the first has waited for so long
    })
    .AddShopHandlers(); // generated from the handlers, aggregators and periodic tasks of this project

_ = arguments.Redis is { } redis ? asynq.UseRedis(redis) : asynq.UseEmbedded();

builder.Services.AddHealthChecks().AddAsynq();
builder.Services.AddProblems();
builder.Services.AddValidation();

await using var app = builder.Build();
app.UseProblems();
app.MapHealthChecks("/health");
app.MapOrders();
app.MapPayments();
app.MapMail();

var journal = app.Services.GetRequiredService<Journal>();
try
{
    journal.System(arguments.Redis is null ? "starting the embedded server" : "connecting to your Redis");
    await app.Services.GetRequiredService<AsynqClient>().PingAsync();
    await app.StartAsync();
}
catch (ArgumentException exception) when (arguments.Redis is not null)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}
catch (IOException exception)
{
    Console.Error.WriteLine($"{exception.Message} Name another port with --port.");
    return 1;
}
catch (Exception exception) when (exception is RedisUnreachableException or RedisRefusedException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}

var address = app.Urls.Single();
journal.System($"the shop is open at {address}: a web API and a worker in one process");

var went = await app.Services.GetRequiredService<Tour>().RunAsync(new Uri(address), app.Lifetime.ApplicationStopping);
if (!arguments.Demo && !app.Lifetime.ApplicationStopping.IsCancellationRequested)
{
    Console.WriteLine(Tour.TryYourself(address));
    await app.WaitForShutdownAsync();
}

await app.StopAsync();
journal.System("closed");
return went ? 0 : 1;
