-- Counts what is in a queue, all at one moment.
-- KEYS: pending, active, scheduled, retry, archived, completed, groups, paused, processed, failed, processed of the day,
--   failed of the day, lock
-- ARGV: task key prefix, group key prefix
-- Result: {0, pending, active, scheduled, retry, archived, completed, groups, tasks in groups, paused since (Unix s),
--   processed, failed, processed of the day, failed of the day, the oldest pending task's pending_since (Unix ns)},
--   with '' for what is not there; or {-1, key of the wrong type}.
-- Cost: O(G), G groups.
--include _types.lua
local wrong = misfit({'list', 'list', 'zset', 'zset', 'zset', 'zset', 'set', 'string', 'string', 'string', 'string', 'string'})
if wrong then
    return wrong
end
local stats = {0, redis.call('LLEN', KEYS[1]), redis.call('LLEN', KEYS[2])}
for i = 3, 6 do
    stats[#stats + 1] = redis.call('ZCARD', KEYS[i])
end
local groups = redis.call('SMEMBERS', KEYS[7])
local aggregating = 0
for _, group in ipairs(groups) do
    if fits(ARGV[2] .. group, 'zset') then
        aggregating = aggregating + redis.call('ZCARD', ARGV[2] .. group)
    end
end
stats[#stats + 1] = #groups
stats[#stats + 1] = aggregating
for i = 8, 12 do
    stats[#stats + 1] = redis.call('GET', KEYS[i]) or ''
end
local oldest = redis.call('LINDEX', KEYS[1], -1)
local since = oldest and type_of(ARGV[1] .. oldest) == 'hash' and redis.call('HGET', ARGV[1] .. oldest, 'pending_since')
stats[#stats + 1] = since or ''
return stats
