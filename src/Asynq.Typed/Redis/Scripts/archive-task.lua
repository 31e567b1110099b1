-- Archives one task that no worker holds.
-- KEYS: pending, scheduled, retry, archived, completed, groups, lock
-- ARGV: prefix of the queue's keys, task key prefix, group key prefix, unique lock prefix, id, now (Unix s),
--   archive limit, archive cutoff (Unix s)
-- Result: {0, outcome}: 0 archived, 1 no such task, 2 active, 3 already archived, 4 not where its hash says;
--   or {-1, key of the wrong type}. Nothing is written unless the outcome is 0.
-- Cost: O(N) for a pending task, N pending ones; else O(log N); and O(log A) for each task trimmed, A archived ones.
--include _types.lua
--include _locks.lua
--include _archive.lua
--include _moves.lua
local wrong = misfit({'list', 'zset', 'zset', 'zset', 'zset', 'set'})
if wrong then
    return wrong
end
local q = {
    prefix = ARGV[1], task_prefix = ARGV[2], group_prefix = ARGV[3], unique_prefix = ARGV[4],
    pending = KEYS[1], archived = KEYS[4], groups = KEYS[6], now = ARGV[6],
    archive_limit = ARGV[7], archive_cutoff = ARGV[8]
}
local refusal = take_task(q, ARGV[5], 'archived')
if refusal ~= 0 then
    return {0, refusal}
end
bury_task(q, ARGV[5])
trim_archive(q)
return {0, 0}
