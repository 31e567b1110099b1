-- Takes a token of a counting semaphore for a task, or keeps the one that it has.
-- KEYS: the semaphore; it is of no queue, and so has no lock key
-- ARGV: how many tokens there are, now (Unix s), the attempt's deadline (Unix s), task id
-- Result: {0, score of the token}, or {0} where none is free; or {-1, key of the wrong type}, and then nothing is written.
-- Cost: O(log N + M) with N tokens taken, M of them past their deadline.
--include _types.lua
local wrong = misfit({'zset'})
if wrong then
    return wrong
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[2])
local held = redis.call('ZSCORE', KEYS[1], ARGV[4])
if not held then
    if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then
        return {0}
    end
    redis.call('ZADD', KEYS[1], ARGV[3], ARGV[4])
    return {0, ARGV[3]}
end

-- An earlier attempt of the task has left it, or still runs without a lease. Its release is to miss: the score changes even
-- where both attempts have the same deadline.
local score = ARGV[3]
if tonumber(score) <= tonumber(held) then
    score = string.format('%.0f', tonumber(held) + 1)
end
redis.call('ZADD', KEYS[1], score, ARGV[4])
return {0, score}
