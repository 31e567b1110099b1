-- Gives the tasks of aggregation sets whose deadline passed back to their groups, with the time of their arrival.
-- KEYS: aggregation sets, groups, lock
-- ARGV: group key prefix, now (Unix s), most sets
-- Result: {0, sets that were due, tasks given back}; or {-1, key of the wrong type}, and then nothing is written.
-- Cost: O(1) for each set whose group is empty, else O(n log N).
--include _types.lua
--include _chunks.lua
--include _sets.lua
local wrong = misfit({'zset', 'set'})
if wrong then
    return wrong
end

-- A set whose group's key is no sorted set stays a set: its tasks have nowhere to go.
local function give_back(set, group)
    local key = ARGV[1] .. group
    local size = redis.call('ZCARD', set)
    if size > 0 and redis.call('EXISTS', key) == 0 then
        redis.call('RENAME', set, key)
    elseif size > 0 then
        local members = redis.call('ZRANGE', set, 0, -1, 'WITHSCORES')
        local entries = {}
        for i = 1, #members, 2 do
            entries[i] = members[i + 1]
            entries[i + 1] = members[i]
        end
        in_chunks('ZADD', key, entries)
        redis.call('DEL', set)
    end
    if size > 0 then
        redis.call('SADD', KEYS[2], group)
    end
    return size
end

local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[2], 'LIMIT', '0', ARGV[3])
local given, handled = 0, 0
for _, set in ipairs(due) do
    local group = group_of(ARGV[1], set)
    if not group or not fits(set, 'zset') then
        redis.call('ZREM', KEYS[1], set)
        handled = handled + 1
    elseif fits(ARGV[1] .. group, 'zset') then
        given = given + give_back(set, group)
        redis.call('ZREM', KEYS[1], set)
        handled = handled + 1
    end
end
return {0, handled, given}
