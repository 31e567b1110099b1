-- Makes up to n tasks of one place pending, lowest score first. Ids whose task is gone, or elsewhere, are dropped.
-- KEYS: the place (a sorted set), pending, groups, lock
-- ARGV: task key prefix, wake channel, now (Unix ns), n, the state of the place,
--   the group's name where the place is a group, else ''
-- Result: {0, tasks made pending, ids taken}; or {-1, key of the wrong type}, and then nothing is written.
-- Cost: O(n log N).
--include _types.lua
--include _locks.lua
--include _moves.lua
local wrong = misfit({'zset', 'list', 'set'})
if wrong then
    return wrong
end
local q = {task_prefix = ARGV[1], pending = KEYS[2], now_ns = ARGV[3]}
local idle = redis.call('LLEN', q.pending) == 0
local moved = 0
local ids = take_ids(KEYS[1], tonumber(ARGV[4]))
for _, id in ipairs(ids) do
    if belongs(q, id, ARGV[5]) then
        push_task(q, id)
        moved = moved + 1
    end
end
if ARGV[6] ~= '' and redis.call('ZCARD', KEYS[1]) == 0 then
    redis.call('SREM', KEYS[3], ARGV[6])
end
if idle and moved > 0 then
    redis.pcall('PUBLISH', ARGV[2], '')
end
return {0, moved, #ids}
