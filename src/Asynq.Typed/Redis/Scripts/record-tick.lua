-- Records that a scheduler entry enqueued a task; keeps the newest n records.
-- KEYS: the entry's history
-- ARGV: time (Unix s), event, n
-- Result: {0}; or {-1, key of the wrong type}, and then nothing is written.
-- Cost: O(log N).
--include _types.lua
local wrong = misfit({'zset'})
if wrong then
    return wrong
end
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -tonumber(ARGV[3]) - 1)
return {0}
