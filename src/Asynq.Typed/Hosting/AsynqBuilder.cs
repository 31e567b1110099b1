using Microsoft.Extensions.DependencyInjection;

namespace Asynq.Typed;

/// <summary>Configures Asynq.Typed in a service collection. Made by <c>AddAsynq()</c>.</summary>
public sealed class AsynqBuilder
{
    internal AsynqBuilder(IServiceCollection services) => Services = services;

    /// <summary>The services that are being configured.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Adds the handlers of one assembly. Called by that assembly's generated <c>Add…Handlers()</c>.</summary>
    public AsynqBuilder AddHandlers(HandlerModule module)
    {
        Services.AddSingleton(module);
        return this;
    }
}
