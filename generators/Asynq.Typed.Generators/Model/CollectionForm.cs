namespace Asynq.Typed.Generators.Model;

/// <summary>
/// How a kind of list or dictionary is made and walked. In the texts, <c>T</c> stands for the items in angle brackets,
/// <c>N</c> for their number and <c>C</c> for what compares them, where they have to be told.
/// </summary>
/// <param name="Make">What collects the items while they are read.</param>
/// <param name="Add">The method that adds an item.</param>
/// <param name="Finish">What makes the collection of it.</param>
/// <param name="Count">The property that has the number of items.</param>
/// <param name="IsWalked">Whether the runtime walks it: by itself it would allocate an enumerator, has no number of items,
/// or may change meanwhile.</param>
internal sealed record CollectionForm(
    string Make,
    string Add = "Add",
    string Finish = "value",
    string Count = "Count",
    bool IsWalked = false)
{
    private const string Generic = "global::System.Collections.Generic.";
    private const string Immutable = "global::System.Collections.Immutable.";
    private const string Frozen = "global::System.Collections.Frozen.";
    private const string ObjectModel = "global::System.Collections.ObjectModel.";
    private const string Concurrent = "global::System.Collections.Concurrent.";
    private const string NewList = $"new {Generic}List<T>(N)";
    private const string NewArray = "new global::Asynq.Typed.Wire.PayloadArray<T>(N)";
    private const string NewDictionary = $"new {Generic}Dictionary<T>(N)";
    private const string Reversed = "global::System.Linq.Enumerable.Reverse(value.ToArray())";

    /// <summary>An array.</summary>
    public static readonly CollectionForm Array = new(NewArray, Finish: "value.ToArray()", Count: "Length");

    private static readonly Dictionary<string, CollectionForm> Lists = new(StringComparer.Ordinal)
    {
        [Generic + "List"] = new(NewList),
        [Generic + "IList"] = new(NewList, IsWalked: true),
        [Generic + "IReadOnlyList"] = new(NewList, IsWalked: true),
        [Generic + "ICollection"] = new(NewList, IsWalked: true),
        [Generic + "IReadOnlyCollection"] = new(NewList, IsWalked: true),
        [Generic + "IEnumerable"] = new(NewList, IsWalked: true),
        [Generic + "HashSet"] = new($"new {Generic}HashSet<T>(N)"),
        [Generic + "ISet"] = new($"new {Generic}HashSet<T>(N)", IsWalked: true),
        [Generic + "IReadOnlySet"] = new($"new {Generic}HashSet<T>(N)", IsWalked: true),
        [Generic + "SortedSet"] = new($"new {Generic}SortedSet<T>(C)"),
        [Generic + "Queue"] = new($"new {Generic}Queue<T>(N)", Add: "Enqueue"),
        [Generic + "Stack"] = new(NewArray, Finish: $"new {Generic}Stack<T>({Reversed})"),
        [Generic + "LinkedList"] = new($"new {Generic}LinkedList<T>()", Add: "AddLast"),
        [ObjectModel + "Collection"] = new($"new {ObjectModel}Collection<T>()", IsWalked: true),
        [ObjectModel + "ObservableCollection"] = new($"new {ObjectModel}ObservableCollection<T>()", IsWalked: true),
        [ObjectModel + "ReadOnlyCollection"] = new(NewList, Finish: $"new {ObjectModel}ReadOnlyCollection<T>(value)", IsWalked: true),
        [Immutable + "ImmutableArray"] = new(
            $"{Immutable}ImmutableArray.CreateBuilder<T>(N)", Finish: "value.DrainToImmutable()", Count: "Length", IsWalked: true),
        [Immutable + "ImmutableList"] = new($"{Immutable}ImmutableList.CreateBuilder<T>()", Finish: "value.ToImmutable()"),
        [Immutable + "IImmutableList"] = new(
            $"{Immutable}ImmutableList.CreateBuilder<T>()", Finish: "value.ToImmutable()", IsWalked: true),
        [Immutable + "ImmutableHashSet"] = new(
            $"{Immutable}ImmutableHashSet.CreateBuilder<T>()", Finish: "value.ToImmutable()"),
        [Immutable + "IImmutableSet"] = new(
            $"{Immutable}ImmutableHashSet.CreateBuilder<T>()", Finish: "value.ToImmutable()", IsWalked: true),
        [Immutable + "ImmutableSortedSet"] = new(
            $"{Immutable}ImmutableSortedSet.CreateBuilder<T>(C)", Finish: "value.ToImmutable()"),
        [Immutable + "ImmutableQueue"] = new(
            NewArray, Finish: $"{Immutable}ImmutableQueue.CreateRange(value.ToArray())", IsWalked: true),
        [Immutable + "ImmutableStack"] = new(
            NewArray, Finish: $"{Immutable}ImmutableStack.CreateRange({Reversed})", IsWalked: true),
        [Frozen + "FrozenSet"] = new(
            $"new {Generic}HashSet<T>(N)", Finish: $"{Frozen}FrozenSet.ToFrozenSet(value)"),
    };

    private static readonly Dictionary<string, CollectionForm> Dictionaries = new(StringComparer.Ordinal)
    {
        [Generic + "Dictionary"] = new(NewDictionary),
        [Generic + "IDictionary"] = new(NewDictionary, IsWalked: true),
        [Generic + "IReadOnlyDictionary"] = new(NewDictionary, IsWalked: true),
        [Generic + "SortedDictionary"] = new($"new {Generic}SortedDictionary<T>(C)"),

        // Made of a dictionary: each entry that came out of order would move all behind it.
        [Generic + "SortedList"] = new(NewDictionary, Finish: $"new {Generic}SortedList<T>(value, C)"),
        [Concurrent + "ConcurrentDictionary"] = new($"new {Concurrent}ConcurrentDictionary<T>()", IsWalked: true),
        [ObjectModel + "ReadOnlyDictionary"] = new(
            NewDictionary, Finish: $"new {ObjectModel}ReadOnlyDictionary<T>(value)", IsWalked: true),
        [Immutable + "ImmutableDictionary"] = new(
            $"{Immutable}ImmutableDictionary.CreateBuilder<T>()", Finish: "value.ToImmutable()"),
        [Immutable + "IImmutableDictionary"] = new(
            $"{Immutable}ImmutableDictionary.CreateBuilder<T>()", Finish: "value.ToImmutable()", IsWalked: true),
        [Immutable + "ImmutableSortedDictionary"] = new(
            $"{Immutable}ImmutableSortedDictionary.CreateBuilder<T>(C)", Finish: "value.ToImmutable()"),
        [Frozen + "FrozenDictionary"] = new(NewDictionary, Finish: $"{Frozen}FrozenDictionary.ToFrozenDictionary(value)"),
    };

    /// <summary>The form of a list with one type parameter; <c>null</c> for what is no list.</summary>
    /// <param name="definition">The full name, without type parameters.</param>
    public static CollectionForm? FindList(string definition) =>
        Lists.TryGetValue(definition, out var form) ? form : null;

    /// <summary>The form of a dictionary; <c>null</c> for what is none.</summary>
    /// <param name="definition">The full name, without type parameters.</param>
    public static CollectionForm? FindDictionary(string definition) =>
        Dictionaries.TryGetValue(definition, out var form) ? form : null;

    /// <summary>An empty collection as it is written in code.</summary>
    /// <param name="items">The items; of a dictionary, the keys.</param>
    /// <param name="values">The values of a dictionary.</param>
    public string Empty(ValueModel items, ValueModel? values = null) =>
        Make is NewList or NewArray && Finish is ("value" or "value.ToArray()")
            ? "[]"
            : For(Finish.Replace("value", Make), "0", items, values);

    /// <summary>One of the texts, for the items at hand.</summary>
    /// <param name="text">The text.</param>
    /// <param name="count">The number of items, as it is written in code.</param>
    /// <param name="items">The items; of a dictionary, the keys.</param>
    /// <param name="values">The values of a dictionary.</param>
    public static string For(string text, string count, ValueModel items, ValueModel? values = null)
    {
        // By itself, what is sorted compares strings as the culture of the thread does: two that differ may be one to it.
        var comparer = items is ScalarModel { Name: "String" } ? "global::System.StringComparer.Ordinal" : "";
        var types = values is null ? items.Declaration : $"{items.Declaration}, {values.Declaration}";
        return text
            .Replace(", C)", comparer.Length == 0 ? ")" : $", {comparer})")
            .Replace("(C)", $"({comparer})")
            .Replace("(N)", $"({count})")
            .Replace("<T>", $"<{types}>");
    }
}
