-- Archives up to n tasks of one place, oldest or lowest score first. Ids whose task is gone, or elsewhere, are dropped.
-- KEYS: the place (pending, or a sorted set), archived, groups, lock
-- ARGV: task key prefix, unique lock prefix, now (Unix s), archive limit, archive cutoff (Unix s), n,
--   the type of the place, its state, the group's name where the place is a group, else ''
-- Result: {0, tasks archived, ids taken}; or {-1, key of the wrong type}, and then nothing is written.
-- Cost: O(n log N).
--include _types.lua
--include _locks.lua
--include _archive.lua
--include _moves.lua
local wrong = misfit({ARGV[7], 'zset', 'set'})
if wrong then
    return wrong
end
local q = {
    task_prefix = ARGV[1], unique_prefix = ARGV[2], archived = KEYS[2], now = ARGV[3],
    archive_limit = ARGV[4], archive_cutoff = ARGV[5]
}
local moved = 0
local ids = take_ids(KEYS[1], tonumber(ARGV[6]))
for _, id in ipairs(ids) do
    if belongs(q, id, ARGV[8]) then
        bury_task(q, id)
        moved = moved + 1
    end
end
if ARGV[9] ~= '' and redis.call('ZCARD', KEYS[1]) == 0 then
    redis.call('SREM', KEYS[3], ARGV[9])
end
trim_archive(q)
return {0, moved, #ids}
