-- Ends an aggregation of which nothing came: the set's deadline becomes the time at which its tasks go back to their group.
-- KEYS: set, aggregation sets, lock
-- ARGV: that time (Unix s)
-- Result: {0, 1 if there was such a set, else 0}; or {-1, key of the wrong type}, and then nothing is written.
-- Cost: O(log N) for N sets.
--include _types.lua
local wrong = misfit({'zset', 'zset'})
if wrong then
    return wrong
end
if redis.call('EXISTS', KEYS[1]) == 0 or not redis.call('ZSCORE', KEYS[2], KEYS[1]) then
    return {0, 0}
end
redis.call('ZADD', KEYS[2], ARGV[1], KEYS[1])
return {0, 1}
