using System.Reflection;
using System.Text;
using CsCheck;
using Xunit;

namespace Asynq.Typed.Payload.Tests;

/// <summary>
/// Random values of every task in this assembly: what is read is what was written, member by member. A type that no test can make,
/// and a type that the reader knows and no task here has, fail.
/// </summary>
public class EveryTaskTests
{
    private const int Values = 60;

    public static TheoryData<string> Tasks => [.. Types().Select(type => type.FullName!)];

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Any_value_is_read_as_it_was_written(string task)
    {
        var type = typeof(EveryTaskTests).Assembly.GetType(task)!;
        var check = typeof(EveryTaskTests)
            .GetMethod(nameof(Check), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(type)
            .CreateDelegate<Func<int, string?>>();

        Gen.Int.Sample(
            seed =>
            {
                var difference = check(seed);
                Assert.True(difference is null, difference);
            },
            iter: Values,
            threads: 1);
    }

    [Theory]
    [InlineData(PayloadFormat.MessagePack, typeof(Asynq.Typed.Wire.PayloadReader))]
    [InlineData(PayloadFormat.Json, typeof(Asynq.Typed.Wire.JsonPayloadReader))]
    public void Every_type_that_a_reader_knows_is_in_a_task(PayloadFormat format, Type reader)
    {
        Assert.Empty(Untested(reader, Types().Where(task => Format(task) == format)));
    }

    /// <summary>The types that a reader knows and that are in none of others.</summary>
    internal static IEnumerable<Type> Untested(Type reader, IEnumerable<Type> types)
    {
        var known = reader.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(method => method.Name.StartsWith("Read", StringComparison.Ordinal) && !method.IsGenericMethod)
            .Select(method => method.ReturnType)
            .ToHashSet();
        Assert.True(known.Count > 25, "The reader's methods are called otherwise.");
        var tested = new HashSet<Type>();
        foreach (var type in types)
        {
            Collect(type, tested);
        }

        return known.Except(tested);
    }

    private static string? Check<T>(int seed)
        where T : IAsynqTask<T>
    {
        var format = Format(typeof(T));
        var task = (T)new AnyValue(new Random(seed), format).Create(typeof(T));
        var written = Wire.Write(task);
        var difference = Same.Difference(task, Wire.Read<T>(written), format);
        var text = format == PayloadFormat.Json ? Encoding.UTF8.GetString(written) : Convert.ToHexString(written);
        return difference is null ? null : $"{difference}; seed {seed}, written as {text}";
    }

    /// <summary>The types of a type's members, and of what is in them.</summary>
    private static void Collect(Type type, HashSet<Type> found)
    {
        if (!found.Add(type))
        {
            return;
        }

        var inner = type.IsArray ? [type.GetElementType()!] : type.IsGenericType ? type.GetGenericArguments() : [];
        var members = type.Assembly == typeof(EveryTaskTests).Assembly && !type.IsEnum
            ? AnyValue.Members(type).Select(member => member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType)
            : [];
        foreach (var part in inner.Concat(members).Concat(AnyValue.Cases(type)))
        {
            Collect(part, found);
        }
    }

    internal static IEnumerable<Type> Types() => typeof(EveryTaskTests).Assembly.GetTypes()
        .Where(type => type.IsDefined(typeof(AsynqTaskAttribute)))
        .OrderBy(type => type.FullName, StringComparer.Ordinal);

    internal static PayloadFormat Format(Type task) => task.GetCustomAttribute<AsynqTaskAttribute>()!.Format;
}
