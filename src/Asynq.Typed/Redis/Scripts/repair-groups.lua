-- Names the group of every aggregation set in groups again: a Go server that reclaims a set does not, and then nobody
-- looks into the group.
-- KEYS: aggregation sets, groups, lock
-- ARGV: group key prefix
-- Result: {0, names added}; or {-1, key of the wrong type}, and then nothing is written.
-- Cost: O(n) for n sets.
--include _types.lua
--include _sets.lua
local wrong = misfit({'zset', 'set'})
if wrong then
    return wrong
end
local added = 0
for _, set in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
    local group = group_of(ARGV[1], set)
    if group then
        added = added + redis.call('SADD', KEYS[2], group)
    end
end
return {0, added}
