using Asynq.Typed.Analyzers.Model;
using Asynq.Typed.Analyzers.Values;
using Asynq.Typed.Rules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Options;

/// <summary>The queues that a call may send a task to: by the options that it is given, or else by the task's type.</summary>
internal sealed class EnqueuedQueues(INamedTypeSymbol task, AsynqSymbols symbols)
{
    // Options that are made of others that are made of others: more than anybody writes, and an end.
    private const int MostSteps = 8;

    /// <summary>The queue that a task's type names; <c>null</c> for a type that is no task.</summary>
    internal static string? OfType(INamedTypeSymbol task, AsynqSymbols symbols) =>
        symbols.TaskAttributeOf(task) is { } attribute
            ? attribute.NamedArguments.FirstOrDefault(argument => argument.Key == "Queue").Value.Value as string ?? QueueName.Default
            : null;

    /// <summary>Each queue that can be told, with where it is said. Queues that cannot be told are not among them.</summary>
    internal IEnumerable<(string Name, Location Location)> Of(IInvocationOperation call)
    {
        var options = call.Arguments.FirstOrDefault(argument =>
            SymbolEqualityComparer.Default.Equals(argument.Parameter?.Type, symbols.EnqueueOptions));
        return options is null ? [] : OfOptions(options.Value, call.Syntax.GetLocation(), held: null, MostSteps).Distinct();
    }

    /// <param name="options">The options.</param>
    /// <param name="call">Where to report what the task's type says.</param>
    /// <param name="held">The name that the options are held in, if they do not stand in the call; that is then where to report.</param>
    /// <param name="steps">How far options are followed.</param>
    private IEnumerable<(string Name, Location Location)> OfOptions(IOperation options, Location call, Location? held, int steps)
    {
        foreach (var source in ValueSources.Of(options))
        {
            var found = source switch
            {
                _ when steps == 0 => [],
                { ConstantValue: { HasValue: true, Value: null } } => OfTask(call),
                IObjectCreationOperation { Arguments.IsEmpty: true } creation =>
                    QueueIn(creation.Initializer) is { } queue ? OfValue(queue, call, held) : OfTask(held ?? call),
                IWithOperation with =>
                    QueueIn(with.Initializer) is { } queue ? OfValue(queue, call, held) : OfOptions(with.Operand, call, held, steps - 1),
                _ => Definition.Of(source) is { } definition
                    ? OfOptions(definition, call, held ?? source.Syntax.GetLocation(), steps - 1)
                    : [],
            };
            foreach (var queue in found)
            {
                yield return queue;
            }
        }
    }

    private IEnumerable<(string Name, Location Location)> OfValue(IOperation value, Location call, Location? held)
    {
        foreach (var source in ValueSources.Of(value))
        {
            if (ConstantStrings.TryGet(source, out var name))
            {
                foreach (var queue in name is null ? OfTask(held ?? call) : [(name, held ?? source.Syntax.GetLocation())])
                {
                    yield return queue;
                }
            }
        }
    }

    private IEnumerable<(string Name, Location Location)> OfTask(Location location) =>
        OfType(task, symbols) is { } name ? [(name, location)] : [];

    private static IOperation? QueueIn(IObjectOrCollectionInitializerOperation? initializer) =>
        initializer?.Initializers.Select(OptionAssignment.In).FirstOrDefault(assignment => assignment?.Property == "Queue")?.Value;
}
