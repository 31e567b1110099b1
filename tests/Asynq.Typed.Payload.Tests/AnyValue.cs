using System.Reflection;
using System.Runtime.CompilerServices;

namespace Asynq.Typed.Payload.Tests;

/// <summary>
/// Random values of any type that a payload can hold, found by looking at the type: a type that is not known here fails, so that
/// none goes without a test.
/// </summary>
/// <param name="random">Where the values come from.</param>
/// <param name="format">The format that they are written in: JSON cannot hold all of them.</param>
internal sealed class AnyValue(Random random, PayloadFormat format)
{
    private const int MaxDepth = 4;

    private static readonly NullabilityInfoContext Nullability = new();

    private readonly Scalar _scalars = new(random, format);

    /// <summary>A value of a type.</summary>
    public object Create(Type type, int depth = 0) =>
        CreateKnown(type, null, depth) ?? CreateObject(type, depth);

    /// <summary>A value of a type, or null where it is a <see cref="Nullable{T}"/>.</summary>
    public object? CreateOrNull(Type type) => CreateOrNull(type, null, 0);

    /// <summary>The members of a type that a payload carries, or that are left out on purpose.</summary>
    internal static IEnumerable<MemberInfo> Members(Type type) => type
        .GetMembers(BindingFlags.Public | BindingFlags.Instance)
        .Where(member => member is FieldInfo or PropertyInfo { GetMethod.IsPublic: true } && !IsIndexer(member));

    /// <summary>The value of a member.</summary>
    internal static object? Get(MemberInfo member, object owner) =>
        member is PropertyInfo property ? property.GetValue(owner) : ((FieldInfo)member).GetValue(owner);

    /// <summary>Whether a mark leaves a member out.</summary>
    internal static bool IsIgnored(MemberInfo member, PayloadFormat format) =>
        member.IsDefined(typeof(PayloadIgnoreAttribute))
        || (format == PayloadFormat.MessagePack && member.IsDefined(typeof(MessagePack.IgnoreMemberAttribute)))
        || (format == PayloadFormat.Json
            && member.GetCustomAttribute<System.Text.Json.Serialization.JsonIgnoreAttribute>()
                is { Condition: System.Text.Json.Serialization.JsonIgnoreCondition.Always });

    /// <summary>The types that a type stands for; none where it is no union.</summary>
    internal static IEnumerable<Type> Cases(Type type) => type.GetCustomAttributes<PayloadUnionAttribute>(inherit: false)
        .Select(attribute => attribute.Type)
        .Concat(type.GetCustomAttributes<MessagePack.UnionAttribute>(inherit: false).Select(attribute => attribute.SubType));

    private static bool IsIndexer(MemberInfo member) =>
        member is PropertyInfo property && property.GetIndexParameters().Length > 0;

    private object? CreateOrNull(Type type, NullabilityInfo? info, int depth)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return random.Next(3) == 0 ? null : CreateKnown(underlying, info, depth) ?? CreateObject(underlying, depth);
        }

        var canBeNull = !type.IsValueType && info?.WriteState == NullabilityState.Nullable;
        return canBeNull && (depth > MaxDepth || random.Next(3) == 0) ? null : CreateKnown(type, info, depth) ?? CreateObject(type, depth);
    }

    private object? CreateKnown(Type type, NullabilityInfo? info, int depth)
    {
        if (_scalars.Create(type) is { } scalar)
        {
            return scalar;
        }

        if (type.IsArray)
        {
            return Items(type.GetElementType()!, info?.ElementType, depth);
        }

        if (!type.IsGenericType)
        {
            return null;
        }

        var arguments = type.GetGenericArguments();
        var infos = info?.GenericTypeArguments;
        if (type.IsAssignableTo(typeof(ITuple)) || type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>))
        {
            return Activator.CreateInstance(type, [.. arguments.Select((argument, i) => CreateOrNull(argument, infos?[i], depth + 1))]);
        }

        return arguments.Length switch
        {
            1 => AnyCollection.Create(type.GetGenericTypeDefinition(), Items(arguments[0], infos?[0], depth)),
            2 => AnyCollection.Create(
                type.GetGenericTypeDefinition(),
                Items(arguments[0], null, depth),
                count => Items(arguments[1], infos?[1], depth, count)),
            _ => null,
        };
    }

    private Array Items(Type type, NullabilityInfo? info, int depth, int? count = null)
    {
        var items = Array.CreateInstance(type, count ?? (depth > MaxDepth ? 0 : random.Next(5)));
        for (var i = 0; i < items.Length; i++)
        {
            items.SetValue(CreateOrNull(type, info, depth + 1), i);
        }

        return items;
    }

    private object CreateObject(Type type, int depth)
    {
        if (Cases(type).ToList() is { Count: > 0 } cases)
        {
            return CreateObject(cases[random.Next(cases.Count)], depth);
        }

        if (type.IsAbstract || type.Namespace is null or not "Asynq.Typed.Payload.Tests" && !IsOwn(type))
        {
            throw new NotSupportedException($"No test makes a '{type}': add it to {nameof(AnyValue)}.");
        }

        var constructor = type.GetConstructors(BindingFlags.Public | BindingFlags.Instance)
            .Where(candidate => candidate.GetParameters() is not [{ ParameterType: var only }] || only != type)
            .MaxBy(candidate => candidate.GetParameters().Length);
        var parameters = constructor?.GetParameters() ?? [];
        var made = constructor is null
            ? Activator.CreateInstance(type)!
            : constructor.Invoke([.. parameters.Select(parameter =>
                CreateOrNull(parameter.ParameterType, Nullability.Create(parameter), depth + 1))]);
        foreach (var member in Members(type))
        {
            var isParameter = parameters.Any(parameter => string.Equals(parameter.Name, member.Name, StringComparison.OrdinalIgnoreCase));
            if (!isParameter && !IsIgnored(member, format))
            {
                Set(member, made, depth);
            }
        }

        return made;
    }

    private static bool IsOwn(Type type) => type.Assembly == typeof(AnyValue).Assembly;

    private void Set(MemberInfo member, object owner, int depth)
    {
        switch (member)
        {
            case PropertyInfo { SetMethod.IsPublic: true } property:
                property.SetValue(owner, CreateOrNull(property.PropertyType, Nullability.Create(property), depth + 1));
                break;
            case FieldInfo { IsInitOnly: false } field:
                field.SetValue(owner, CreateOrNull(field.FieldType, Nullability.Create(field), depth + 1));
                break;
        }
    }
}
