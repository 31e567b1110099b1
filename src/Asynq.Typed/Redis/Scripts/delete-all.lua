-- Deletes up to n tasks of one place, oldest or lowest score first, and their locks. Ids whose task is
-- gone, or elsewhere, are dropped.
-- KEYS: the place (pending, or a sorted set), groups, lock
-- ARGV: task key prefix, unique lock prefix, n, the type of the place, its state,
--   the group's name where the place is a group, else ''
-- Result: {0, tasks deleted, ids taken}; or {-1, key of the wrong type}, and then nothing is written.
-- Cost: O(n log N).
--include _types.lua
--include _locks.lua
--include _moves.lua
local wrong = misfit({ARGV[4], 'set'})
if wrong then
    return wrong
end
local q = {task_prefix = ARGV[1], unique_prefix = ARGV[2]}
local deleted = 0
local ids = take_ids(KEYS[1], tonumber(ARGV[3]))
for _, id in ipairs(ids) do
    if belongs(q, id, ARGV[5]) then
        delete_task(q, id)
        deleted = deleted + 1
    end
end
if ARGV[6] ~= '' and redis.call('ZCARD', KEYS[1]) == 0 then
    redis.call('SREM', KEYS[2], ARGV[6])
end
return {0, deleted, #ids}
