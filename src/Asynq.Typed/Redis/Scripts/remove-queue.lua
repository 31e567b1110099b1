-- Removes a queue: the tasks of every state, their locks, groups and aggregation sets. Figures and pause stay.
-- KEYS: pending, active, lease, scheduled, retry, archived, completed, groups, aggregation sets, lock
-- ARGV: task key prefix, group key prefix, unique lock prefix, '1' to remove tasks that are left, else ''
-- Result: {0, outcome}: 0 removed, 1 not empty, 2 tasks are active; or {-1, key of the wrong type}.
--   Nothing is written unless the outcome is 0.
-- Cost: O(N), N tasks in the queue, in one script: it is all or nothing.
--include _types.lua
--include _locks.lua
local wrong = misfit({'list', 'list', 'zset', 'zset', 'zset', 'zset', 'zset', 'set', 'zset'})
if wrong then
    return wrong
end
local q = {task_prefix = ARGV[1], unique_prefix = ARGV[3]}

-- The keys that hold ids of tasks, besides active and lease.
local places = {KEYS[1], KEYS[4], KEYS[5], KEYS[6], KEYS[7]}
for _, group in ipairs(redis.call('SMEMBERS', KEYS[8])) do
    places[#places + 1] = ARGV[2] .. group
end
for _, set in ipairs(redis.call('ZRANGE', KEYS[9], 0, -1)) do
    if string.sub(set, 1, #ARGV[2]) == ARGV[2] then
        places[#places + 1] = set
    end
end

local function ids_of(place)
    local kind = type_of(place)
    if kind == 'list' then
        return redis.call('LRANGE', place, 0, -1)
    end
    return kind == 'zset' and redis.call('ZRANGE', place, 0, -1) or {}
end

if redis.call('LLEN', KEYS[2]) > 0 then
    return {0, ARGV[4] == '' and 1 or 2}
end
if ARGV[4] == '' then
    for _, place in ipairs(places) do
        if #ids_of(place) > 0 then
            return {0, 1}
        end
    end
end
for _, place in ipairs(places) do
    for _, id in ipairs(ids_of(place)) do
        if type_of(q.task_prefix .. id) == 'hash' then
            release_lock_of(q, id)
        end
        redis.call('DEL', q.task_prefix .. id)
    end
    redis.call('DEL', place)
end
redis.call('DEL', KEYS[2], KEYS[3], KEYS[8], KEYS[9])
return {0, 0}
