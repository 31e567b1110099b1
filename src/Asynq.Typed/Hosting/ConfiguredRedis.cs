using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Asynq.Typed.Hosting;

/// <summary>Finds Redis in the application's configuration where no <c>UseRedis</c> named one.</summary>
internal static class ConfiguredRedis
{
    private const string ConnectionStringName = "asynq";
    private const string Key = "Asynq:Redis";

    internal static ValueTask<string> Find(IServiceProvider services, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var configuration = services.GetService<IConfiguration>();
        var connectionString = configuration?.GetConnectionString(ConnectionStringName);
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            connectionString = configuration?[Key];
        }

        return string.IsNullOrWhiteSpace(connectionString)
            ? throw new InvalidOperationException(
                $"No Redis is configured: neither 'ConnectionStrings:{ConnectionStringName}' nor '{Key}' has a value. "
                + "Set one of them, or name a Redis with AddAsynq(connectionString), UseRedis(…) or UseEmbedded().")
            : ValueTask.FromResult(connectionString);
    }
}
