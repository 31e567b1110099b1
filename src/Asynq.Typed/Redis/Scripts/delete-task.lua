-- Deletes one task that no worker holds, and its lock.
-- KEYS: pending, scheduled, retry, archived, completed, groups, lock
-- ARGV: prefix of the queue's keys, task key prefix, group key prefix, unique lock prefix, id
-- Result: {0, outcome}: 0 deleted, 1 no such task, 2 active, 4 not where its hash says;
--   or {-1, key of the wrong type}. Nothing is written unless the outcome is 0.
-- Cost: O(N) for a pending task, N pending ones; else O(log N).
--include _types.lua
--include _locks.lua
--include _moves.lua
local wrong = misfit({'list', 'zset', 'zset', 'zset', 'zset', 'set'})
if wrong then
    return wrong
end
local q = {
    prefix = ARGV[1], task_prefix = ARGV[2], group_prefix = ARGV[3], unique_prefix = ARGV[4],
    pending = KEYS[1], groups = KEYS[6]
}
local refusal = take_task(q, ARGV[5], nil)
if refusal ~= 0 then
    return {0, refusal}
end
delete_task(q, ARGV[5])
return {0, 0}
