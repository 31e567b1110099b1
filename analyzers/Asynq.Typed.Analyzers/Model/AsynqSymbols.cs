using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Asynq.Typed.Analyzers.Model;

/// <summary>The library's types, looked up once per compilation.</summary>
internal sealed class AsynqSymbols
{
    private AsynqSymbols(Compilation compilation, INamedTypeSymbol taskAttribute)
    {
        TaskAttribute = taskAttribute;
        TaskInterface = compilation.GetTypeByMetadataName("Asynq.Typed.IAsynqTask`1");
        HandlerInterface = compilation.GetTypeByMetadataName("Asynq.Typed.IHandle`1");
        AnsweringInterface = compilation.GetTypeByMetadataName("Asynq.Typed.IHandle`2");
        AggregateInterface = compilation.GetTypeByMetadataName("Asynq.Typed.IAggregate`2");
        HandledTaskAttribute = compilation.GetTypeByMetadataName("Asynq.Typed.HandledTaskAttribute");
        HandledElsewhereAttribute = compilation.GetTypeByMetadataName("Asynq.Typed.HandledElsewhereAttribute");
        Builder = compilation.GetTypeByMetadataName("Asynq.Typed.AsynqBuilder");
        EnqueueOptions = compilation.GetTypeByMetadataName("Asynq.Typed.EnqueueOptions");
        ServerOptions = compilation.GetTypeByMetadataName("Asynq.Typed.AsynqServerOptions");
        SemaphoreOptions = compilation.GetTypeByMetadataName("Asynq.Typed.TaskSemaphoreOptions");
        Inspector = compilation.GetTypeByMetadataName("Asynq.Typed.AsynqInspector");
        PeriodicTaskAttribute = compilation.GetTypeByMetadataName("Asynq.Typed.PeriodicTaskAttribute");
        Client = compilation.GetTypeByMetadataName("Asynq.Typed.AsynqClient");
        CancellationToken = compilation.GetTypeByMetadataName("System.Threading.CancellationToken");
    }

    /// <summary>The marker: where it is absent, the library is not referenced.</summary>
    internal INamedTypeSymbol TaskAttribute { get; }

    internal INamedTypeSymbol? TaskInterface { get; }

    internal INamedTypeSymbol? HandlerInterface { get; }

    /// <summary>The interface of handlers whose result is stored.</summary>
    internal INamedTypeSymbol? AnsweringInterface { get; }

    internal INamedTypeSymbol? AggregateInterface { get; }

    /// <summary>Says of an assembly which tasks it handles.</summary>
    internal INamedTypeSymbol? HandledTaskAttribute { get; }

    internal INamedTypeSymbol? HandledElsewhereAttribute { get; }

    internal INamedTypeSymbol? Builder { get; }

    internal INamedTypeSymbol? EnqueueOptions { get; }

    internal INamedTypeSymbol? ServerOptions { get; }

    internal INamedTypeSymbol? SemaphoreOptions { get; }

    internal INamedTypeSymbol? Inspector { get; }

    internal INamedTypeSymbol? PeriodicTaskAttribute { get; }

    internal INamedTypeSymbol? Client { get; }

    internal INamedTypeSymbol? CancellationToken { get; }

    internal static AsynqSymbols? Find(Compilation compilation)
    {
        var marker = compilation.GetTypeByMetadataName("Asynq.Typed.AsynqTaskAttribute");
        return marker is null ? null : new AsynqSymbols(compilation, marker);
    }

    /// <summary>Whether a type or method is the library's own: declared in one of its assemblies.</summary>
    internal bool OwnsAssemblyOf(ISymbol symbol) =>
        symbol.ContainingAssembly is { } assembly
        && (SymbolEqualityComparer.Default.Equals(assembly, TaskAttribute.ContainingAssembly)
            || assembly.Name == "Asynq.Typed");

    internal AttributeData? TaskAttributeOf(INamedTypeSymbol type)
    {
        foreach (var attribute in type.GetAttributes())
        {
            if (SymbolEqualityComparer.Default.Equals(attribute.AttributeClass, TaskAttribute))
            {
                return attribute;
            }
        }

        return null;
    }

    /// <summary>A task's name on the wire; <c>null</c> for a type that is no task, or where the name cannot be seen.</summary>
    internal string? TypeNameOf(ITypeSymbol type) =>
        type is INamedTypeSymbol named && TaskAttributeOf(named) is { } attribute
            ? new TaskDeclaration(named, attribute).TypeName
            : null;

    internal bool IsTask(ITypeSymbol type) => type is INamedTypeSymbol named && TaskAttributeOf(named) is not null;

    internal bool IsHandlerInterface(INamedTypeSymbol type) =>
        SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, HandlerInterface)
        || SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, AnsweringInterface);

    internal bool IsAggregateInterface(INamedTypeSymbol type) =>
        SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, AggregateInterface);

    /// <summary>Whether the method adds a server to an application.</summary>
    internal bool IsAddServer(IMethodSymbol method) =>
        method.Name == "AddServer" && SymbolEqualityComparer.Default.Equals(method.ContainingType, Builder);

    /// <summary>Whether the method gives a mux a pattern.</summary>
    internal bool IsMuxHandle(IMethodSymbol method) =>
        method.Name == "Handle" && method.ContainingType.Name == "TaskMux" && OwnsAssemblyOf(method);

    /// <summary>Whether the method enqueues one task or several.</summary>
    internal bool IsEnqueue(IMethodSymbol method) =>
        Client is not null
        && SymbolEqualityComparer.Default.Equals(method.ContainingType, Client)
        && method.Name.Contains("Enqueue");

    /// <summary>
    /// Whether an argument is one of the inspector's own text arguments of that name. Other types of the library take such names
    /// too, and refuse none.
    /// </summary>
    internal bool IsOfInspector(IArgumentOperation argument, string name) =>
        argument is { ArgumentKind: ArgumentKind.Explicit, Parameter: { Type.SpecialType: SpecialType.System_String } parameter }
        && parameter.Name == name
        && Inspector is not null
        && SymbolEqualityComparer.Default.Equals(parameter.ContainingType, Inspector);

    /// <summary>The tasks that an application says are handled by another one.</summary>
    internal IEnumerable<ISymbol> HandledElsewhere(IAssemblySymbol assembly)
    {
        foreach (var attribute in assembly.GetAttributes())
        {
            if (SymbolEqualityComparer.Default.Equals(attribute.AttributeClass, HandledElsewhereAttribute)
                && attribute.ConstructorArguments.Length == 1
                && attribute.ConstructorArguments[0].Value is ISymbol task)
            {
                yield return task;
            }
        }
    }
}
