using Microsoft.Extensions.Options;

namespace Asynq.Typed.Hosting;

/// <summary>Checks the options of each semaphore once, when the host starts.</summary>
internal sealed class SemaphoreOptionsValidator : IValidateOptions<TaskSemaphoreOptions>
{
    public ValidateOptionsResult Validate(string? name, TaskSemaphoreOptions options)
    {
        var faults = options.Faults().Select(fault => $"Semaphore '{name}': {nameof(TaskSemaphoreOptions)}.{fault}").ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
