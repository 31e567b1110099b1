using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Asynq.Typed.Hosting;

/// <summary>Reads the options of the server from the configuration, where the container has one.</summary>
internal sealed class ServerConfiguration(IConfiguration? configuration) : IConfigureOptions<AsynqServerOptions>
{
    private const string Section = "Asynq:Server";

    public void Configure(AsynqServerOptions options) => configuration?.GetSection(Section).Bind(options);
}
