using System.Reflection;
using System.Runtime.Loader;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Asynq.Typed.Generators.Tests;

/// <summary>Handlers in two assemblies, compiled with what is generated for each, and one host that adds both.</summary>
public class ComposeTests
{
    private const string Usings = """
        using System.Threading;
        using System.Threading.Tasks;
        using Asynq.Typed;

        """;

    private const string Orders = Usings + """
        namespace Shop.Orders;
        [AsynqTask("order:placed")] public sealed partial record OrderPlaced(long Id);
        public sealed class OrderHandler : IHandle<OrderPlaced, string>
        {
            public Task<string> HandleAsync(OrderPlaced task, TaskContext context, CancellationToken cancellationToken) =>
                Task.FromResult("order " + task.Id);
        }
        """;

    private const string Mails = Usings + """
        namespace Shop.Mails;
        [AsynqTask("mail:sent")] public sealed partial record MailSent(string Address);
        public sealed class MailHandler : IHandle<MailSent, string>
        {
            public Task<string> HandleAsync(MailSent task, TaskContext context, CancellationToken cancellationToken) =>
                Task.FromResult("mail to " + task.Address);
        }
        """;

    // Another assembly's handler of the same type.
    private const string Rival = Usings + """
        namespace Shop.Rival;
        [AsynqTask("order:placed")] public sealed partial record OrderPlaced(long Id);
        public sealed class OrderHandler : IHandle<OrderPlaced>
        {
            public Task HandleAsync(OrderPlaced task, TaskContext context, CancellationToken cancellationToken) => Task.CompletedTask;
        }
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_task_finds_its_handler_in_whatever_order_the_assemblies_are_added(bool isTurned)
    {
        // Names that differ in nothing but a dot.
        (string, string)[] assemblies = [("Shop.Worker", Orders), ("ShopWorker", Mails)];
        await using var services = Build(isTurned ? [.. assemblies.Reverse()] : assemblies);

        Assert.Equal(2, services.GetServices<HandlerModule>().Count());
        Assert.Equal("order 7", Text(await DispatchAsync(services, "order:placed", new() { ["Id"] = 7 })));
        Assert.Equal("mail to a@b", Text(await DispatchAsync(services, "mail:sent", new() { ["Address"] = "a@b" })));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_type_with_handlers_in_two_assemblies_is_refused(bool isTurned)
    {
        (string, string)[] assemblies = [("Shop.Worker", Orders), ("Shop.Rival", Rival)];
        await using var services = Build(isTurned ? [.. assemblies.Reverse()] : assemblies);
        var router = typeof(AsynqBuilder).Assembly.GetType("Asynq.Typed.Routing.TaskRouter", throwOnError: true)!;

        var error = Assert.Throws<InvalidOperationException>(() => services.GetRequiredService(router));

        Assert.Contains("Task type 'order:placed' has handlers in two assemblies", error.Message, StringComparison.Ordinal);
        Assert.Contains("ShopWorkerHandlerModule", error.Message, StringComparison.Ordinal);
        Assert.Contains("ShopRivalHandlerModule", error.Message, StringComparison.Ordinal);
    }

    private static ServiceProvider Build((string Name, string Source)[] assemblies)
    {
        var context = new AssemblyLoadContext("composed", isCollectible: true);
        var collection = new ServiceCollection();
        var builder = collection.AddAsynq().AddServer();
        foreach (var (name, source) in assemblies)
        {
            var add = Load(context, name, source).GetExportedTypes()
                .Single(type => type.Name.EndsWith("HandlersExtensions", StringComparison.Ordinal))
                .GetMethods(BindingFlags.Public | BindingFlags.Static)
                .Single();
            Assert.Same(builder, add.Invoke(null, [builder]));
        }

        return collection.BuildServiceProvider();
    }

    private static Assembly Load(AssemblyLoadContext context, string name, string source)
    {
        using var image = new MemoryStream();
        var result = GeneratorTest.RunAs(name, source).Output.Emit(image, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        image.Position = 0;
        return context.LoadFromStream(image);
    }

    private static async Task<byte[]> DispatchAsync(ServiceProvider services, string type, Dictionary<string, object> payload)
    {
        using var scope = services.CreateScope();
        var context = new Attempt(type, MessagePack.MessagePackSerializer.Serialize(payload), scope.ServiceProvider);
        foreach (var module in services.GetServices<HandlerModule>())
        {
            if (module.TryDispatch(context, out var running, TestContext.Current.CancellationToken))
            {
                await running;
            }
        }

        return Assert.Single(context.Results);
    }

    private static string Text(byte[] packed) => MessagePack.MessagePackSerializer.Deserialize<string>(packed);

    private sealed class Attempt(string type, byte[] payload, IServiceProvider services) : TaskContext
    {
        public List<byte[]> Results { get; } = [];

        public override string TaskId => "id";

        public override string Type => type;

        public override string Queue => "default";

        public override string? Group => null;

        public override ReadOnlyMemory<byte> Payload => payload;

        public override int RetryCount => 0;

        public override int MaxRetry => 25;

        public override DateTimeOffset Deadline => DateTimeOffset.MaxValue;

        public override IReadOnlyDictionary<string, string> Headers { get; } = new Dictionary<string, string>();

        public override IServiceProvider Services => services;

        public override Task<bool> WriteResultAsync(ReadOnlyMemory<byte> result, CancellationToken cancellationToken = default)
        {
            Results.Add(result.ToArray());
            return Task.FromResult(true);
        }
    }
}
