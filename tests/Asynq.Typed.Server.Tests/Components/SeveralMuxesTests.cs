using Asynq.Typed.Routing;
using Xunit;

namespace Asynq.Typed.Server.Tests.Components;

/// <summary>Untyped handlers that are added to a server in several muxes are as those of one.</summary>
public sealed class SeveralMuxesTests
{
    private readonly List<string> _handled = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_longest_pattern_of_all_wins_and_what_is_not_found_comes_last_whatever_their_order(bool turned)
    {
        TaskMux[] muxes =
        [
            new TaskMux { NotFound = Handler("rest") }.Handle("email:", Handler("email")),
            new TaskMux().Handle("email:welcome", Handler("welcome")).Handle("image:", Handler("image")),
        ];
        var router = new TaskRouter([], turned ? muxes.Reverse() : muxes, []);

        foreach (var type in (string[])["email:welcome:again", "email:bye", "image:resize", "other"])
        {
            await router.DispatchAsync(new Attempt(type), Token);
        }

        Assert.Equal(["welcome", "email", "image", "rest"], _handled);
        Assert.Equal(["email:*", "email:welcome*", "image:*", "*"], router.KnownTypes);
    }

    [Fact]
    public void A_pattern_twice_is_an_error()
    {
        var refused = Assert.Throws<InvalidOperationException>(
            () => new TaskRouter([], [new TaskMux().Handle("a:", Handler("1")), new TaskMux().Handle("a:", Handler("2"))], []));

        Assert.Contains("'a:'", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void Two_handlers_of_what_is_not_found_are_an_error()
    {
        var refused = Assert.Throws<InvalidOperationException>(
            () => new TaskRouter([], [new TaskMux { NotFound = Handler("1") }, new TaskMux { NotFound = Handler("2") }], []));

        Assert.Contains(nameof(TaskMux.NotFound), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_mux_twice_counts_once()
    {
        var mux = new TaskMux { NotFound = Handler("rest") }.Handle("a:", Handler("a"));

        await new TaskRouter([], [mux, mux], []).DispatchAsync(new Attempt("a:1"), Token);

        Assert.Equal(["a"], _handled);
    }

    private RawHandler Handler(string name) => (_, _) =>
    {
        _handled.Add(name);
        return Task.CompletedTask;
    };

    private sealed class Attempt(string type) : TaskContext
    {
        public override string TaskId => "id";

        public override string Type => type;

        public override string Queue => "default";

        public override string? Group => null;

        public override ReadOnlyMemory<byte> Payload => default;

        public override int RetryCount => 0;

        public override int MaxRetry => 0;

        public override DateTimeOffset Deadline => DateTimeOffset.MaxValue;

        public override IReadOnlyDictionary<string, string> Headers { get; } = new Dictionary<string, string>();

        public override IServiceProvider Services => throw new NotSupportedException();

        public override Task<bool> WriteResultAsync(ReadOnlyMemory<byte> result, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();
    }
}
