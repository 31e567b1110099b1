-- Deletes an aggregation set, its tasks and their locks.
-- KEYS: set, aggregation sets, lock
-- ARGV: task key prefix, unique lock prefix
-- Result: {0, 1 if there was such a set, else 0}; or {-1, key of the wrong type}, and then nothing is written.
-- Cost: O(n) for n members.
--include _types.lua
--include _locks.lua
--include _sets.lua
local wrong = misfit({'zset', 'zset'})
if wrong then
    return wrong
end
local known = redis.call('EXISTS', KEYS[1]) == 1 or redis.call('ZSCORE', KEYS[2], KEYS[1])
local members = redis.call('ZRANGE', KEYS[1], 0, -1)
drop_members({task_prefix = ARGV[1], unique_prefix = ARGV[2]}, KEYS[1], KEYS[2], members)
return {0, known and 1 or 0}
