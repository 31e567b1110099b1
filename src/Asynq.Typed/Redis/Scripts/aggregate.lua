-- Enqueues the task that an aggregation made and drops the tasks that it was made of: all of the set, or those named. A set
-- that has no more tasks is dropped.
-- KEYS: set, aggregation sets, pending, scheduled, lock
-- ARGV: task key prefix, unique lock prefix, wake channel, now (Unix ns), kind (p pending, s scheduled), id, message,
--   unique lock or '', its TTL (s), score (Unix s), exact due time (Unix ms) or '', ids
--   of the tasks or none for all
-- Result: {0, outcome}: 0 done, 1 lock taken, 2 id taken, 3 no such set, or it lacks a task; or {-1, key of the wrong type}; and where the
--   outcome is not 0, nothing is written.
-- Cost: O(n) for n members.
--include _types.lua
--include _locks.lua
--include _sets.lua
local function contains(ids, wanted)
    for _, id in ipairs(ids) do
        if id == wanted then
            return true
        end
    end
    return false
end

local wrong = misfit({'zset', 'zset', 'list', 'zset'})
if wrong then
    return wrong
end
local set, sets, pending = KEYS[1], KEYS[2], KEYS[3]
local q = {task_prefix = ARGV[1], unique_prefix = ARGV[2]}
local id, lock = ARGV[6], ARGV[8]
if redis.call('EXISTS', set) == 0 or not redis.call('ZSCORE', sets, set) then
    return {0, 3}
end
local members
if #ARGV > 11 then
    members = {}
    for i = 12, #ARGV do
        if not redis.call('ZSCORE', set, ARGV[i]) then
            return {0, 3}
        end
        members[#members + 1] = ARGV[i]
    end
else
    members = redis.call('ZRANGE', set, 0, -1)
end
if lock ~= '' then
    if not fits(lock, 'string') then
        return {-1, lock}
    end
    -- A lock that a member holds goes with it.
    local holder = redis.call('GET', lock)
    if holder and not contains(members, holder) then
        return {0, 1}
    end
end
local key = q.task_prefix .. id
if redis.call('EXISTS', key) == 1 then
    return {0, 2}
end

drop_members(q, set, sets, members)
if lock ~= '' then
    redis.call('SET', lock, id, 'EX', ARGV[9])
    redis.call('HSET', key, 'unique_key', lock)
end
if ARGV[5] == 's' then
    redis.call('HSET', key, 'msg', ARGV[7], 'state', 'scheduled')
    if ARGV[11] ~= '' then
        redis.call('HSET', key, 'due', ARGV[11])
    end
    redis.call('ZADD', KEYS[4], ARGV[10], id)
    return {0, 0}
end
redis.call('HSET', key, 'msg', ARGV[7], 'state', 'pending', 'pending_since', ARGV[4])
if redis.call('LPUSH', pending, id) == 1 then
    redis.pcall('PUBLISH', ARGV[3], '')
end
return {0, 0}
