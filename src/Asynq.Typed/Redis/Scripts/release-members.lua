-- Makes tasks of an aggregation set pending, to be run singly; they leave their group for good.
-- KEYS: set, aggregation sets, pending, lock
-- ARGV: task key prefix, wake channel, now (Unix ns), ids
-- Result: {0, tasks released}, {0, -1} where there is no such set; or {-1, key of the wrong type}, and then nothing is
--   written.
-- Cost: O(log N) for each id.
--include _types.lua
local wrong = misfit({'zset', 'zset', 'list'})
if wrong then
    return wrong
end
local set, sets, pending = KEYS[1], KEYS[2], KEYS[3]
if redis.call('EXISTS', set) == 0 or not redis.call('ZSCORE', sets, set) then
    return {0, -1}
end
local idle = redis.call('LLEN', pending) == 0
local released = 0
for i = 4, #ARGV do
    local id = ARGV[i]
    local key = ARGV[1] .. id
    if redis.call('ZREM', set, id) == 1 and type_of(key) == 'hash' then
        redis.call('LPUSH', pending, id)
        redis.call('HSET', key, 'state', 'pending', 'pending_since', ARGV[3])
        redis.call('HDEL', key, 'group', 'due_group')
        released = released + 1
    end
end
if redis.call('EXISTS', set) == 0 then
    redis.call('ZREM', sets, set)
end
if idle and released > 0 then
    redis.pcall('PUBLISH', ARGV[2], '')
end
return {0, released}
