-- Gives a task that waits for its due time, scheduled or to be retried, another one.
-- KEYS: scheduled, retry, lock
-- ARGV: task key prefix, prefix of unique locks, wake channel, id, score (Unix s), exact due time (Unix ms) or ''
-- Result: {0, outcome}: 0 done, 1 no such task, 2 neither scheduled nor to be retried, 3 not where its hash says; or
--   {-1, key of the wrong type}. Nothing is written unless the outcome is 0.
-- Cost: O(log N).
--include _types.lua
local wrong = misfit({'zset', 'zset'})
if wrong then
    return wrong
end
local key, id, score = ARGV[1] .. ARGV[4], ARGV[4], ARGV[5]
if type_of(key) ~= 'hash' then
    return {0, 1}
end
local fields = redis.call('HMGET', key, 'state', 'unique_key')
local places = {scheduled = KEYS[1], retry = KEYS[2]}
local place = places[fields[1] or '']
if not place then
    return {0, 2}
end
local before = redis.call('ZSCORE', place, id)
if not before then
    return {0, 3}
end
redis.call('ZADD', place, score, id)
if ARGV[6] == '' then
    redis.call('HDEL', key, 'due')
else
    redis.call('HSET', key, 'due', ARGV[6])
end
-- A unique lock counts from the due time: one that goes up is followed, one that goes down leaves it to be released.
local lock, later = fields[2], tonumber(score) - tonumber(before)
if lock and later > 0 and string.sub(lock, 1, #ARGV[2]) == ARGV[2] and type_of(lock) == 'string'
    and redis.call('GET', lock) == id then
    local left = redis.call('PTTL', lock)
    if left > 0 then
        redis.call('PEXPIRE', lock, string.format('%.0f', left + later * 1000))
    end
end
if redis.call('ZCOUNT', place, '-inf', '(' .. score) == 0 then
    redis.pcall('PUBLISH', ARGV[3], 'due')
end
return {0, 0}
