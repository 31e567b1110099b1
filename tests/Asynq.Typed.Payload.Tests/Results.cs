using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Numerics;

namespace Asynq.Typed.Payload.Tests;

#pragma warning disable ASQ2003 // A base keeps each handler to one line
#pragma warning disable ASQ1002 // One result in two formats; no server has both

/// <summary>A handler that returns what it is made with: what is generated for it is what writes a result.</summary>
public abstract class Returning<TTask, TResult>(TResult result) : IHandle<TTask, TResult>
    where TTask : IAsynqTask<TTask>
{
    public Task<TResult> HandleAsync(TTask task, TaskContext context, CancellationToken cancellationToken) =>
        Task.FromResult(result);
}

[AsynqTask("result:number", Result = typeof(long))]
public sealed partial record GivesNumber;
public sealed class GivesNumberHandler(long result) : Returning<GivesNumber, long>(result);

[AsynqTask("result:number-json", Format = PayloadFormat.Json, Result = typeof(long))]
public sealed partial record JsonGivesNumber;
public sealed class JsonGivesNumberHandler(long result) : Returning<JsonGivesNumber, long>(result);

[AsynqTask("result:amount", Result = typeof(decimal))]
public sealed partial record GivesAmount;
public sealed class GivesAmountHandler(decimal result) : Returning<GivesAmount, decimal>(result);

[AsynqTask("result:amount-json", Format = PayloadFormat.Json, Result = typeof(decimal))]
public sealed partial record JsonGivesAmount;
public sealed class JsonGivesAmountHandler(decimal result) : Returning<JsonGivesAmount, decimal>(result);

[AsynqTask("result:text", Result = typeof(string))]
public sealed partial record GivesText;
public sealed class GivesTextHandler(string result) : Returning<GivesText, string>(result);

[AsynqTask("result:text-json", Format = PayloadFormat.Json, Result = typeof(string))]
public sealed partial record JsonGivesText;
public sealed class JsonGivesTextHandler(string result) : Returning<JsonGivesText, string>(result);

[AsynqTask("result:moment", Result = typeof(DateTime))]
public sealed partial record GivesMoment;
public sealed class GivesMomentHandler(DateTime result) : Returning<GivesMoment, DateTime>(result);

[AsynqTask("result:moment-json", Format = PayloadFormat.Json, Result = typeof(DateTime))]
public sealed partial record JsonGivesMoment;
public sealed class JsonGivesMomentHandler(DateTime result) : Returning<JsonGivesMoment, DateTime>(result);

[AsynqTask("result:big", Result = typeof(BigInteger))]
public sealed partial record GivesBig;
public sealed class GivesBigHandler(BigInteger result) : Returning<GivesBig, BigInteger>(result);

[AsynqTask("result:big-json", Format = PayloadFormat.Json, Result = typeof(BigInteger))]
public sealed partial record JsonGivesBig;
public sealed class JsonGivesBigHandler(BigInteger result) : Returning<JsonGivesBig, BigInteger>(result);

[AsynqTask("result:bytes", Result = typeof(byte[]))]
public sealed partial record GivesBytes;
public sealed class GivesBytesHandler(byte[] result) : Returning<GivesBytes, byte[]>(result);

[AsynqTask("result:bytes-json", Format = PayloadFormat.Json, Result = typeof(byte[]))]
public sealed partial record JsonGivesBytes;
public sealed class JsonGivesBytesHandler(byte[] result) : Returning<JsonGivesBytes, byte[]>(result);

[AsynqTask("result:memory", Result = typeof(ReadOnlyMemory<byte>))]
public sealed partial record GivesMemory;
public sealed class GivesMemoryHandler(ReadOnlyMemory<byte> result) : Returning<GivesMemory, ReadOnlyMemory<byte>>(result);

[AsynqTask("result:memory-json", Format = PayloadFormat.Json, Result = typeof(ReadOnlyMemory<byte>))]
public sealed partial record JsonGivesMemory;
public sealed class JsonGivesMemoryHandler(ReadOnlyMemory<byte> result) : Returning<JsonGivesMemory, ReadOnlyMemory<byte>>(result);

[AsynqTask("result:maybe-number", Result = typeof(int?))]
public sealed partial record GivesMaybeNumber;
public sealed class GivesMaybeNumberHandler(int? result) : Returning<GivesMaybeNumber, int?>(result);

[AsynqTask("result:maybe-number-json", Format = PayloadFormat.Json, Result = typeof(int?))]
public sealed partial record JsonGivesMaybeNumber;
public sealed class JsonGivesMaybeNumberHandler(int? result) : Returning<JsonGivesMaybeNumber, int?>(result);

[AsynqTask("result:maybe-memory", Result = typeof(ReadOnlyMemory<byte>?))]
public sealed partial record GivesMaybeMemory;
public sealed class GivesMaybeMemoryHandler(ReadOnlyMemory<byte>? result) : Returning<GivesMaybeMemory, ReadOnlyMemory<byte>?>(result);

[AsynqTask("result:maybe-memory-json", Format = PayloadFormat.Json, Result = typeof(ReadOnlyMemory<byte>?))]
public sealed partial record JsonGivesMaybeMemory;
public sealed class JsonGivesMaybeMemoryHandler(ReadOnlyMemory<byte>? result) : Returning<JsonGivesMaybeMemory, ReadOnlyMemory<byte>?>(result);

[AsynqTask("result:level", Result = typeof(Level))]
public sealed partial record GivesLevel;
public sealed class GivesLevelHandler(Level result) : Returning<GivesLevel, Level>(result);

[AsynqTask("result:level-json", Format = PayloadFormat.Json, Result = typeof(Level))]
public sealed partial record JsonGivesLevel;
public sealed class JsonGivesLevelHandler(Level result) : Returning<JsonGivesLevel, Level>(result);

[AsynqTask("result:maybe-level", Result = typeof(Level?))]
public sealed partial record GivesMaybeLevel;
public sealed class GivesMaybeLevelHandler(Level? result) : Returning<GivesMaybeLevel, Level?>(result);

[AsynqTask("result:maybe-level-json", Format = PayloadFormat.Json, Result = typeof(Level?))]
public sealed partial record JsonGivesMaybeLevel;
public sealed class JsonGivesMaybeLevelHandler(Level? result) : Returning<JsonGivesMaybeLevel, Level?>(result);

[AsynqTask("result:money", Result = typeof(Money))]
public sealed partial record GivesMoney;
public sealed class GivesMoneyHandler(Money result) : Returning<GivesMoney, Money>(result);

[AsynqTask("result:money-json", Format = PayloadFormat.Json, Result = typeof(Money))]
public sealed partial record JsonGivesMoney;
public sealed class JsonGivesMoneyHandler(Money result) : Returning<JsonGivesMoney, Money>(result);

[AsynqTask("result:maybe-money", Result = typeof(Money?))]
public sealed partial record GivesMaybeMoney;
public sealed class GivesMaybeMoneyHandler(Money? result) : Returning<GivesMaybeMoney, Money?>(result);

[AsynqTask("result:maybe-money-json", Format = PayloadFormat.Json, Result = typeof(Money?))]
public sealed partial record JsonGivesMaybeMoney;
public sealed class JsonGivesMaybeMoneyHandler(Money? result) : Returning<JsonGivesMaybeMoney, Money?>(result);

[AsynqTask("result:tree", Result = typeof(Tree))]
public sealed partial record GivesTree;
public sealed class GivesTreeHandler(Tree result) : Returning<GivesTree, Tree>(result);

[AsynqTask("result:tree-json", Format = PayloadFormat.Json, Result = typeof(Tree))]
public sealed partial record JsonGivesTree;
public sealed class JsonGivesTreeHandler(Tree result) : Returning<JsonGivesTree, Tree>(result);

[AsynqTask("result:pair", Result = typeof(ValueTuple<int, string>))]
public sealed partial record GivesPair;
public sealed class GivesPairHandler((int, string) result) : Returning<GivesPair, (int, string)>(result);

[AsynqTask("result:pair-json", Format = PayloadFormat.Json, Result = typeof(ValueTuple<int, string>))]
public sealed partial record JsonGivesPair;
public sealed class JsonGivesPairHandler((int, string) result) : Returning<JsonGivesPair, (int, string)>(result);

[AsynqTask("result:maybe-pair", Result = typeof(ValueTuple<int, string>?))]
public sealed partial record GivesMaybePair;
public sealed class GivesMaybePairHandler((int, string)? result) : Returning<GivesMaybePair, (int, string)?>(result);

[AsynqTask("result:maybe-pair-json", Format = PayloadFormat.Json, Result = typeof(ValueTuple<int, string>?))]
public sealed partial record JsonGivesMaybePair;
public sealed class JsonGivesMaybePairHandler((int, string)? result) : Returning<JsonGivesMaybePair, (int, string)?>(result);

[AsynqTask("result:entry", Result = typeof(KeyValuePair<string, Money>))]
public sealed partial record GivesEntry;
public sealed class GivesEntryHandler(KeyValuePair<string, Money> result) : Returning<GivesEntry, KeyValuePair<string, Money>>(result);

[AsynqTask("result:entry-json", Format = PayloadFormat.Json, Result = typeof(KeyValuePair<string, Money>))]
public sealed partial record JsonGivesEntry;
public sealed class JsonGivesEntryHandler(KeyValuePair<string, Money> result) : Returning<JsonGivesEntry, KeyValuePair<string, Money>>(result);

[AsynqTask("result:array", Result = typeof(int[]))]
public sealed partial record GivesArray;
public sealed class GivesArrayHandler(int[] result) : Returning<GivesArray, int[]>(result);

[AsynqTask("result:array-json", Format = PayloadFormat.Json, Result = typeof(int[]))]
public sealed partial record JsonGivesArray;
public sealed class JsonGivesArrayHandler(int[] result) : Returning<JsonGivesArray, int[]>(result);

[AsynqTask("result:arrays", Result = typeof(Money[][]))]
public sealed partial record GivesArrays;
public sealed class GivesArraysHandler(Money[][] result) : Returning<GivesArrays, Money[][]>(result);

[AsynqTask("result:arrays-json", Format = PayloadFormat.Json, Result = typeof(Money[][]))]
public sealed partial record JsonGivesArrays;
public sealed class JsonGivesArraysHandler(Money[][] result) : Returning<JsonGivesArrays, Money[][]>(result);

[AsynqTask("result:list", Result = typeof(IReadOnlyList<Tree>))]
public sealed partial record GivesList;
public sealed class GivesListHandler(IReadOnlyList<Tree> result) : Returning<GivesList, IReadOnlyList<Tree>>(result);

[AsynqTask("result:list-json", Format = PayloadFormat.Json, Result = typeof(IReadOnlyList<Tree>))]
public sealed partial record JsonGivesList;
public sealed class JsonGivesListHandler(IReadOnlyList<Tree> result) : Returning<JsonGivesList, IReadOnlyList<Tree>>(result);

[AsynqTask("result:set", Result = typeof(HashSet<string>))]
public sealed partial record GivesSet;
public sealed class GivesSetHandler(HashSet<string> result) : Returning<GivesSet, HashSet<string>>(result);

[AsynqTask("result:set-json", Format = PayloadFormat.Json, Result = typeof(HashSet<string>))]
public sealed partial record JsonGivesSet;
public sealed class JsonGivesSetHandler(HashSet<string> result) : Returning<JsonGivesSet, HashSet<string>>(result);

[AsynqTask("result:fixed", Result = typeof(ImmutableArray<Level>))]
public sealed partial record GivesFixed;
public sealed class GivesFixedHandler(ImmutableArray<Level> result) : Returning<GivesFixed, ImmutableArray<Level>>(result);

[AsynqTask("result:fixed-json", Format = PayloadFormat.Json, Result = typeof(ImmutableArray<Level>))]
public sealed partial record JsonGivesFixed;
public sealed class JsonGivesFixedHandler(ImmutableArray<Level> result) : Returning<JsonGivesFixed, ImmutableArray<Level>>(result);

[AsynqTask("result:sorted", Result = typeof(SortedSet<int>))]
public sealed partial record GivesSorted;
public sealed class GivesSortedHandler(SortedSet<int> result) : Returning<GivesSorted, SortedSet<int>>(result);

[AsynqTask("result:sorted-json", Format = PayloadFormat.Json, Result = typeof(SortedSet<int>))]
public sealed partial record JsonGivesSorted;
public sealed class JsonGivesSortedHandler(SortedSet<int> result) : Returning<JsonGivesSorted, SortedSet<int>>(result);

[AsynqTask("result:map", Result = typeof(Dictionary<string, List<Address>>))]
public sealed partial record GivesMap;
public sealed class GivesMapHandler(Dictionary<string, List<Address>> result) : Returning<GivesMap, Dictionary<string, List<Address>>>(result);

[AsynqTask("result:map-json", Format = PayloadFormat.Json, Result = typeof(Dictionary<string, List<Address>>))]
public sealed partial record JsonGivesMap;
public sealed class JsonGivesMapHandler(Dictionary<string, List<Address>> result) : Returning<JsonGivesMap, Dictionary<string, List<Address>>>(result);

[AsynqTask("result:frozen", Result = typeof(FrozenDictionary<Guid, Money>))]
public sealed partial record GivesFrozen;
public sealed class GivesFrozenHandler(FrozenDictionary<Guid, Money> result) : Returning<GivesFrozen, FrozenDictionary<Guid, Money>>(result);

[AsynqTask("result:frozen-json", Format = PayloadFormat.Json, Result = typeof(FrozenDictionary<Guid, Money>))]
public sealed partial record JsonGivesFrozen;
public sealed class JsonGivesFrozenHandler(FrozenDictionary<Guid, Money> result) : Returning<JsonGivesFrozen, FrozenDictionary<Guid, Money>>(result);

[AsynqTask("result:union", Result = typeof(Shape))]
public sealed partial record GivesUnion;
public sealed class GivesUnionHandler(Shape result) : Returning<GivesUnion, Shape>(result);

[AsynqTask("result:union-json", Format = PayloadFormat.Json, Result = typeof(Shape))]
public sealed partial record JsonGivesUnion;
public sealed class JsonGivesUnionHandler(Shape result) : Returning<JsonGivesUnion, Shape>(result);

[AsynqTask("result:payments", Result = typeof(List<IPayment>))]
public sealed partial record GivesPayments;
public sealed class GivesPaymentsHandler(List<IPayment> result) : Returning<GivesPayments, List<IPayment>>(result);

[AsynqTask("result:payments-json", Format = PayloadFormat.Json, Result = typeof(List<IPayment>))]
public sealed partial record JsonGivesPayments;
public sealed class JsonGivesPaymentsHandler(List<IPayment> result) : Returning<JsonGivesPayments, List<IPayment>>(result);

[AsynqTask("result:words", Result = typeof(List<Word>))]
public sealed partial record GivesWords;
public sealed class GivesWordsHandler(List<Word> result) : Returning<GivesWords, List<Word>>(result);

[AsynqTask("result:words-json", Format = PayloadFormat.Json, Result = typeof(List<Word>))]
public sealed partial record JsonGivesWords;
public sealed class JsonGivesWordsHandler(List<Word> result) : Returning<JsonGivesWords, List<Word>>(result);

[AsynqTask("result:box", Result = typeof(LabelledBox<Money>))]
public sealed partial record GivesBox;
public sealed class GivesBoxHandler(LabelledBox<Money> result) : Returning<GivesBox, LabelledBox<Money>>(result);

[AsynqTask("result:box-json", Format = PayloadFormat.Json, Result = typeof(LabelledBox<Money>))]
public sealed partial record JsonGivesBox;
public sealed class JsonGivesBoxHandler(LabelledBox<Money> result) : Returning<JsonGivesBox, LabelledBox<Money>>(result);

[AsynqTask("result:scalars", Result = typeof(Scalars))]
public sealed partial record GivesScalars;
public sealed class GivesScalarsHandler(Scalars result) : Returning<GivesScalars, Scalars>(result);

[AsynqTask("result:scalars-json", Format = PayloadFormat.Json, Result = typeof(Scalars))]
public sealed partial record JsonGivesScalars;
public sealed class JsonGivesScalarsHandler(Scalars result) : Returning<JsonGivesScalars, Scalars>(result);

[AsynqTask("result:shapes", Result = typeof(Shapes))]
public sealed partial record GivesShapes;
public sealed class GivesShapesHandler(Shapes result) : Returning<GivesShapes, Shapes>(result);

[AsynqTask("result:shapes-json", Format = PayloadFormat.Json, Result = typeof(Shapes))]
public sealed partial record JsonGivesShapes;
public sealed class JsonGivesShapesHandler(Shapes result) : Returning<JsonGivesShapes, Shapes>(result);

[AsynqTask("result:foundation", Result = typeof(Foundation))]
public sealed partial record GivesFoundation;
public sealed class GivesFoundationHandler(Foundation result) : Returning<GivesFoundation, Foundation>(result);

[AsynqTask("result:foundation-json", Format = PayloadFormat.Json, Result = typeof(Foundation))]
public sealed partial record JsonGivesFoundation;
public sealed class JsonGivesFoundationHandler(Foundation result) : Returning<JsonGivesFoundation, Foundation>(result);

[AsynqTask("result:maybes", Result = typeof(Maybes))]
public sealed partial record GivesMaybes;
public sealed class GivesMaybesHandler(Maybes result) : Returning<GivesMaybes, Maybes>(result);

[AsynqTask("result:maybes-json", Format = PayloadFormat.Json, Result = typeof(Maybes))]
public sealed partial record JsonGivesMaybes;
public sealed class JsonGivesMaybesHandler(Maybes result) : Returning<JsonGivesMaybes, Maybes>(result);

[AsynqTask("result:keyed", Result = typeof(Keyed))]
public sealed partial record GivesKeyed;
public sealed class GivesKeyedHandler(Keyed result) : Returning<GivesKeyed, Keyed>(result);

[AsynqTask("result:keyed-json", Format = PayloadFormat.Json, Result = typeof(Keyed))]
public sealed partial record JsonGivesKeyed;
public sealed class JsonGivesKeyedHandler(Keyed result) : Returning<JsonGivesKeyed, Keyed>(result);

[AsynqTask("result:inner", Result = typeof(Inner))]
public sealed partial record GivesInner;
public sealed class GivesInnerHandler(Inner result) : Returning<GivesInner, Inner>(result);

[AsynqTask("result:foreign", Result = typeof(Foreign))]
public sealed partial record GivesForeign;
public sealed class GivesForeignHandler(Foreign result) : Returning<GivesForeign, Foreign>(result);

[AsynqTask("result:kinds", Result = typeof(Kinds))]
public sealed partial record GivesKinds;
public sealed class GivesKindsHandler(Kinds result) : Returning<GivesKinds, Kinds>(result);

[AsynqTask("result:bytes-raw", Format = PayloadFormat.Raw, Result = typeof(byte[]))]
public sealed partial record RawGivesBytes(byte[] Bytes);
public sealed class RawGivesBytesHandler(byte[] result) : Returning<RawGivesBytes, byte[]>(result);

[AsynqTask("result:memory-raw", Format = PayloadFormat.Raw, Result = typeof(ReadOnlyMemory<byte>))]
public sealed partial record RawGivesMemory(byte[] Bytes);
public sealed class RawGivesMemoryHandler(ReadOnlyMemory<byte> result) : Returning<RawGivesMemory, ReadOnlyMemory<byte>>(result);

public sealed class AskHandler(Sum result) : Returning<Ask, Sum>(result);
public sealed class AskJsonHandler(List<Sum> result) : Returning<AskJson, List<Sum>>(result);
public sealed class AskRawHandler(byte[] result) : Returning<AskRaw, byte[]>(result);
public sealed class AskNumberHandler(int? result) : Returning<AskNumber, int?>(result);
