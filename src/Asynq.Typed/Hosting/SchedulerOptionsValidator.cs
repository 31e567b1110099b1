using Microsoft.Extensions.Options;

namespace Asynq.Typed.Hosting;

/// <summary>Checks the options of the scheduler once, when the host starts.</summary>
internal sealed class SchedulerOptionsValidator : IValidateOptions<AsynqSchedulerOptions>
{
    public ValidateOptionsResult Validate(string? name, AsynqSchedulerOptions options)
    {
        var faults = options.Faults().Select(fault => $"{nameof(AsynqSchedulerOptions)}.{fault}").ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
