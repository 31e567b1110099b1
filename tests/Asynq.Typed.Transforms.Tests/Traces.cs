using System.Text;
using Asynq.Typed.Testing;
using StackExchange.Redis;

namespace Asynq.Typed.Transforms.Tests;

/// <summary>Everything that a database holds, names of keys included.</summary>
internal static class Traces
{
    internal static async Task<string> OfAsync(TestDatabase database)
    {
        var all = new StringBuilder();
        foreach (var endpoint in database.Multiplexer.GetEndPoints())
        {
            await foreach (var key in database.Multiplexer.GetServer(endpoint).KeysAsync())
            {
                all.Append(key.ToString()).Append('\n');
                foreach (var value in await ValuesAsync(database.Database, key))
                {
                    all.Append(Encoding.Latin1.GetString((byte[])value!)).Append('\n');
                }
            }
        }

        return all.ToString();
    }

    private static async Task<IEnumerable<RedisValue>> ValuesAsync(IDatabase database, RedisKey key) =>
        await database.KeyTypeAsync(key) switch
        {
            RedisType.String => [await database.StringGetAsync(key)],
            RedisType.List => await database.ListRangeAsync(key),
            RedisType.Set => await database.SetMembersAsync(key),
            RedisType.SortedSet => await database.SortedSetRangeByRankAsync(key),
            RedisType.Hash => (await database.HashGetAllAsync(key)).SelectMany(
                field => new[] { field.Name, field.Value }),
            var other => throw new InvalidOperationException($"{key} is a {other}."),
        };
}
