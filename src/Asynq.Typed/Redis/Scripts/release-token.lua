-- Gives a token of a counting semaphore back, unless another attempt of the task has taken it over.
-- KEYS: the semaphore; it is of no queue, and so has no lock key
-- ARGV: task id, the score that the token was taken with
-- Result: {0, 1 given back or 0 not held}; or {-1, key of the wrong type}, and then nothing is written.
-- Cost: O(log N) with N tokens taken.
--include _types.lua
local wrong = misfit({'zset'})
if wrong then
    return wrong
end
local held = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not held or tonumber(held) ~= tonumber(ARGV[2]) then
    return {0, 0}
end
return {0, redis.call('ZREM', KEYS[1], ARGV[1])}
