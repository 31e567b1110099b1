using System.Numerics;

namespace Asynq.Typed.Payload.Tests;

#pragma warning disable ASQ1002 // One task in two formats; no server has both
#pragma warning disable CA1028, CA1008, CA1008 // The type behind each enum is the subject.

public enum OfSByte : sbyte { One = 1 }

public enum OfByte : byte { One = 1 }

public enum OfInt16 : short { One = 1 }

public enum OfUInt16 : ushort { One = 1 }

public enum OfInt32 { One = 1 }

public enum OfUInt32 : uint { One = 1 }

public enum OfInt64 : long { One = 1 }

public enum OfUInt64 : ulong { One = 1 }

/// <summary>All scalars where they may be null.</summary>
[AsynqTask("test:maybes")]
public sealed partial record Maybes(
    bool? Boolean, sbyte? SByte, byte? Byte, short? Int16, ushort? UInt16, int? Int32, uint? UInt32, long? Int64, ulong? UInt64,
    float? Single, double? Double, Half? Half, decimal? Decimal, char? Char, string? String, Guid? Guid, DateTime? DateTime,
    DateTimeOffset? DateTimeOffset, TimeSpan? TimeSpan, DateOnly? DateOnly, TimeOnly? TimeOnly, Uri? Uri, Version? Version,
    BigInteger? BigInteger, Int128? Int128, UInt128? UInt128, byte[]? Bytes, ReadOnlyMemory<byte>? Memory,
    OfSByte? OfSByte, OfByte? OfByte, OfInt16? OfInt16, OfUInt16? OfUInt16, OfInt32? OfInt32, OfUInt32? OfUInt32, OfInt64? OfInt64,
    OfUInt64? OfUInt64, (int, string?)? Pair, KeyValuePair<int, string?>? Entry, Tuple<int, string?>? Tuple);

/// <summary>The same in JSON.</summary>
[AsynqTask("test:maybes-json", Format = PayloadFormat.Json)]
public sealed partial record JsonMaybes(
    bool? Boolean, sbyte? SByte, byte? Byte, short? Int16, ushort? UInt16, int? Int32, uint? UInt32, long? Int64, ulong? UInt64,
    float? Single, double? Double, Half? Half, decimal? Decimal, char? Char, string? String, Guid? Guid, DateTime? DateTime,
    DateTimeOffset? DateTimeOffset, TimeSpan? TimeSpan, DateOnly? DateOnly, TimeOnly? TimeOnly, Uri? Uri, Version? Version,
    BigInteger? BigInteger, Int128? Int128, UInt128? UInt128, byte[]? Bytes, ReadOnlyMemory<byte>? Memory,
    OfSByte? OfSByte, OfByte? OfByte, OfInt16? OfInt16, OfUInt16? OfUInt16, OfInt32? OfInt32, OfUInt32? OfUInt32, OfInt64? OfInt64,
    OfUInt64? OfUInt64, (int, string?)? Pair, KeyValuePair<int, string?>? Entry, Tuple<int, string?>? Tuple);

/// <summary>A struct that is made of a text without a word: of null as well.</summary>
public readonly record struct Tag(string? Text)
{
    public static implicit operator Tag(string? text) => new(text);

    public static Tag FromString(string? text) => new(text);
}

[AsynqTask("test:tags")]
public sealed partial record Tags(Tag? Tag, List<Tag?> Many, Dictionary<string, Tag?> ByName);

[AsynqTask("test:json-tags", Format = PayloadFormat.Json)]
public sealed partial record JsonTags(Tag? Tag, List<Tag?> Many, Dictionary<string, Tag?> ByName);

/// <summary>Whatever can be the key of a dictionary.</summary>
[AsynqTask("test:keyed")]
public sealed partial record Keyed(
    Dictionary<string, OfSByte> ByString, Dictionary<Guid, OfByte> ByGuid, Dictionary<sbyte, OfInt16> BySByte,
    Dictionary<byte, OfUInt16> ByByte, Dictionary<short, OfInt32> ByInt16, Dictionary<ushort, OfUInt32> ByUInt16,
    Dictionary<int, OfInt64> ByInt32, Dictionary<uint, OfUInt64> ByUInt32, Dictionary<long, string?> ByInt64,
    Dictionary<ulong, Money?> ByUInt64, Dictionary<OfSByte, int> ByOfSByte, Dictionary<OfByte, int> ByOfByte,
    Dictionary<OfInt16, int> ByOfInt16, Dictionary<OfUInt16, int> ByOfUInt16, Dictionary<OfInt32, int> ByOfInt32,
    Dictionary<OfUInt32, int> ByOfUInt32, Dictionary<OfInt64, int> ByOfInt64, Dictionary<OfUInt64, int> ByOfUInt64);

/// <summary>The same in JSON.</summary>
[AsynqTask("test:keyed-json", Format = PayloadFormat.Json)]
public sealed partial record JsonKeyed(
    Dictionary<string, OfSByte> ByString, Dictionary<Guid, OfByte> ByGuid, Dictionary<sbyte, OfInt16> BySByte,
    Dictionary<byte, OfUInt16> ByByte, Dictionary<short, OfInt32> ByInt16, Dictionary<ushort, OfUInt32> ByUInt16,
    Dictionary<int, OfInt64> ByInt32, Dictionary<uint, OfUInt64> ByUInt32, Dictionary<long, string?> ByInt64,
    Dictionary<ulong, Money?> ByUInt64, Dictionary<OfSByte, int> ByOfSByte, Dictionary<OfByte, int> ByOfByte,
    Dictionary<OfInt16, int> ByOfInt16, Dictionary<OfUInt16, int> ByOfUInt16, Dictionary<OfInt32, int> ByOfInt32,
    Dictionary<OfUInt32, int> ByOfUInt32, Dictionary<OfInt64, int> ByOfInt64, Dictionary<OfUInt64, int> ByOfUInt64);

/// <summary>The rest of the framework's types, in JSON.</summary>
[AsynqTask("test:rest-json", Format = PayloadFormat.Json)]
public sealed partial record JsonRest(Scalars Scalars, Shapes Shapes, Foundation Foundation);
