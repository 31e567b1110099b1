using System.Reflection;
using Asynq.Typed.Generators.Model;
using Xunit;

namespace Asynq.Typed.Generators.Tests;

public class ModelTests
{
    private static readonly Type[] Models =
    [
        .. typeof(AsynqGenerator).Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(TaskModel).Namespace && !type.IsEnum && !IsStatic(type)),
    ];

    [Fact]
    public void There_are_models() => Assert.Contains(typeof(TaskModel), Models);

    [Fact]
    public void No_model_holds_a_type_of_Roslyn_at_any_depth()
    {
        var seen = new HashSet<Type>();
        foreach (var model in Models)
        {
            Visit(model, model.Name, seen);
        }

        Assert.Contains(typeof(ShapeModel), seen);
    }

    [Fact]
    public void Every_model_is_equatable() => Assert.All(
        Models.Where(model => !model.IsGenericType),
        model => Assert.True(
            typeof(IEquatable<>).MakeGenericType(model).IsAssignableFrom(model), $"{model} is compared by reference."));

    [Fact]
    public void Every_collection_is_a_member_in_the_payload_tests()
    {
        var folder = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(Here())!)!, "Asynq.Typed.Payload.Tests");
        var tasks = File.ReadAllText(Path.Combine(folder, "Everything.cs")) + File.ReadAllText(Path.Combine(folder, "Foundation.cs"));
        var collections = typeof(CollectionForm)
            .GetFields(BindingFlags.NonPublic | BindingFlags.Static)
            .Select(field => field.GetValue(null))
            .OfType<Dictionary<string, CollectionForm>>()
            .SelectMany(forms => forms.Keys)
            .Select(name => name[(name.LastIndexOf('.') + 1)..])
            .ToList();

        Assert.True(collections.Count > 30, "The collections stand elsewhere.");
        Assert.All(collections, name => Assert.Matches($@"\b{name}<.*> \w+[,)]", tasks));
    }

    private static string Here([System.Runtime.CompilerServices.CallerFilePath] string path = "") => path;

    private static void Visit(Type type, string path, HashSet<Type> seen)
    {
        if (!seen.Add(type))
        {
            return;
        }

        Assert.False(
            type.FullName?.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal) ?? false,
            $"{path} is a {type}.");
        if (type.IsArray)
        {
            Visit(type.GetElementType()!, path, seen);
        }

        foreach (var argument in type.GetGenericArguments())
        {
            Visit(argument, $"{path}<{argument.Name}>", seen);
        }

        if (type.Assembly != typeof(TaskModel).Assembly)
        {
            return;
        }

        const BindingFlags All = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        foreach (var field in type.GetFields(All))
        {
            Visit(field.FieldType, $"{path}.{field.Name}", seen);
        }
    }

    private static bool IsStatic(Type type) => type is { IsAbstract: true, IsSealed: true };
}
