using Asynq.Typed.Server;
using Microsoft.Extensions.Options;

namespace Asynq.Typed.Hosting;

/// <summary>Checks the options of the server once, when the host starts.</summary>
internal sealed class ServerOptionsValidator : IValidateOptions<AsynqServerOptions>
{
    public ValidateOptionsResult Validate(string? name, AsynqServerOptions options)
    {
        var faults = ServerSettings.Faults(options).Select(fault => $"{nameof(AsynqServerOptions)}.{fault}").ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
