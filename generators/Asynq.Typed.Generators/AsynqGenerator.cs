using Asynq.Typed.Generators.Emit;
using Asynq.Typed.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Asynq.Typed.Generators;

/// <summary>
/// Adds <c>IAsynqTask</c> to the types that are marked as tasks, and compiles the handlers of an assembly to a module.
/// Reports no diagnostics: that is the analyzers' work, and positions in a model would defeat its caching.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class AsynqGenerator : IIncrementalGenerator
{
    /// <inheritdoc />
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var isSupported = context.CompilationProvider
            .Select(static (compilation, _) => GenerationFloor.Fault(compilation) is null)
            .WithTrackingName(TrackingNames.IsSupported);
        AddTasks(context, isSupported);
        AddHandlers(context, isSupported);
    }

    private static void AddTasks(
        IncrementalGeneratorInitializationContext context, IncrementalValueProvider<bool> isSupported)
    {
        var tasks = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                WellKnownNames.TaskAttribute,
                static (node, _) => node is TypeDeclarationSyntax,
                static (target, cancellation) => TaskParser.Parse(target, cancellation))
            .Where(static task => task is not null)
            .Select(static (task, _) => task!)
            .WithTrackingName(TrackingNames.Tasks);

        var colliding = tasks
            .Select(static (task, _) => task.FullName)
            .Collect()
            .Select(static (names, _) => FileNames.Colliding(names))
            .WithTrackingName(TrackingNames.CollidingNames);

        var files = tasks
            .Combine(colliding)
            .Select(static (pair, _) => TaskEmitter.Emit(pair.Left, pair.Right))
            .WithTrackingName(TrackingNames.TaskFiles);

        context.RegisterSourceOutput(files.Combine(isSupported), static (output, input) =>
        {
            if (input.Right)
            {
                output.AddSource(input.Left.Name, input.Left.Text);
            }
        });
    }

    private static void AddHandlers(
        IncrementalGeneratorInitializationContext context, IncrementalValueProvider<bool> isSupported)
    {
        var handlers = context.SyntaxProvider
            .CreateSyntaxProvider(
                static (node, _) => node is ClassDeclarationSyntax { BaseList: not null }
                    or RecordDeclarationSyntax { BaseList: not null },
                static (target, cancellation) => HandlerParser.Parse(target, cancellation))
            .Where(static handler => handler is not null)
            .Select(static (handler, _) => handler!)
            .WithTrackingName(TrackingNames.Handlers);

        var periodic = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                WellKnownNames.PeriodicAttribute,
                static (node, _) => node is TypeDeclarationSyntax,
                static (target, _) => PeriodicTaskParser.Parse(target))
            .WithTrackingName(TrackingNames.PeriodicTasks);

        var assembly = context.CompilationProvider
            .Select(static (compilation, _) => HandlerParser.ParseAssembly(compilation))
            .WithTrackingName(TrackingNames.Assembly);

        var files = handlers
            .Collect()
            .Combine(periodic.Collect())
            .Combine(assembly)
            .Select(static (input, _) => HandlerEmitter.Emit(input.Left.Left, input.Left.Right, input.Right))
            .WithTrackingName(TrackingNames.HandlerFile);

        context.RegisterSourceOutput(files.Combine(isSupported), static (output, input) =>
        {
            if (input is { Left: { } file, Right: true })
            {
                output.AddSource(file.Name, file.Text);
            }
        });
    }
}
