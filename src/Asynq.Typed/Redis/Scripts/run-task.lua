-- Makes one task pending, now, whatever it waits for.
-- KEYS: pending, scheduled, retry, archived, completed, groups, lock
-- ARGV: prefix of the queue's keys, task key prefix, group key prefix, wake channel, id, now (Unix ns)
-- Result: {0, outcome}: 0 pending, 1 no such task, 2 active, 3 already pending, 4 not where its hash says;
--   or {-1, key of the wrong type}. Nothing is written unless the outcome is 0.
-- Cost: O(log N).
--include _types.lua
--include _locks.lua
--include _moves.lua
local wrong = misfit({'list', 'zset', 'zset', 'zset', 'zset', 'set'})
if wrong then
    return wrong
end
local q = {
    prefix = ARGV[1], task_prefix = ARGV[2], group_prefix = ARGV[3], pending = KEYS[1], groups = KEYS[6], now_ns = ARGV[6]
}
local idle = redis.call('LLEN', q.pending) == 0
local refusal = take_task(q, ARGV[5], 'pending')
if refusal ~= 0 then
    return {0, refusal}
end
push_task(q, ARGV[5])
if idle then
    redis.pcall('PUBLISH', ARGV[4], '')
end
return {0, 0}
