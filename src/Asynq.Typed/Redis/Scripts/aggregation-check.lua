-- Makes an aggregation set of a group's tasks, oldest first, if it is time: as many as the maximum if there are so many;
-- else all, if the oldest has waited for the maximum delay or the newest for the grace period.
-- KEYS: group, set to be made, aggregation sets, groups, lock
-- ARGV: group, most tasks or 0, arrival of the oldest at which the delay is over (Unix s) or '', arrival of the newest at
--   which the grace period is over (Unix s), deadline of the set (Unix s)
-- Result: {0, 1 if a set was made, else 0}; or {-1, key of the wrong type}, and then nothing is written.
-- Cost: O(1) for all tasks, O(n log N) for n of N.
--include _types.lua
--include _chunks.lua
local wrong = misfit({'zset', 'zset', 'zset', 'set'})
if wrong then
    return wrong
end
local group, set = KEYS[1], KEYS[2]
local size, most = redis.call('ZCARD', group), tonumber(ARGV[2])
if size == 0 or redis.call('EXISTS', set) == 1 then
    return {0, 0}
end

local function move_some()
    local members = redis.call('ZRANGE', group, 0, most - 1, 'WITHSCORES')
    local entries = {}
    for i = 1, #members, 2 do
        entries[i] = members[i + 1]
        entries[i + 1] = members[i]
    end
    in_chunks('ZADD', set, entries)
    redis.call('ZREMRANGEBYRANK', group, 0, most - 1)
end

local function waited_since(rank, limit)
    return limit ~= '' and tonumber(redis.call('ZRANGE', group, rank, rank, 'WITHSCORES')[2]) <= tonumber(limit)
end

local full = most > 0 and size >= most
if not full and not waited_since(0, ARGV[3]) and not waited_since(-1, ARGV[4]) then
    return {0, 0}
end
if full and size > most then
    move_some()
else
    redis.call('RENAME', group, set)
    redis.call('SREM', KEYS[4], ARGV[1])
end
redis.call('ZADD', KEYS[3], ARGV[5], set)
return {0, 1}
