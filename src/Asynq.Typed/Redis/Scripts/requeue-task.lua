-- Makes an archived task pending, now, with another message, if its own is still the one that the new one was made of.
-- KEYS: pending, archived, lock
-- ARGV: task key prefix, wake channel, id, message as it was read, message in its place, now (Unix ns)
-- Result: {0, outcome}: 0 pending, 1 no such task, 2 not archived, 3 the message has changed meanwhile, 4 not where its hash
--   says; or {-1, key of the wrong type}. Nothing is written unless the outcome is 0.
-- Cost: O(log N).
--include _types.lua
--include _locks.lua
--include _moves.lua
local wrong = misfit({'list', 'zset'})
if wrong then
    return wrong
end
local q = {task_prefix = ARGV[1], pending = KEYS[1], now_ns = ARGV[6]}
local id, key = ARGV[3], ARGV[1] .. ARGV[3]
if type_of(key) ~= 'hash' then
    return {0, 1}
end
local fields = redis.call('HMGET', key, 'state', 'msg')
if fields[1] ~= 'archived' then
    return {0, 2}
elseif fields[2] ~= ARGV[4] then
    return {0, 3}
end
local idle = redis.call('LLEN', q.pending) == 0
if redis.call('ZREM', KEYS[2], id) == 0 then
    return {0, 4}
end
redis.call('HSET', key, 'msg', ARGV[5])
push_task(q, id)
if idle then
    redis.pcall('PUBLISH', ARGV[2], '')
end
return {0, 0}
