-- Archives tasks of an aggregation set: those that cannot be decoded, and those that the aggregator gives up.
-- KEYS: set, aggregation sets, archived, processed, failed, processed of the day, failed of the day, lock
-- ARGV: task key prefix, unique lock prefix, now (Unix s), expiry of the day's figures (Unix s), archive limit,
--   archive cutoff (Unix s); then for each task: id, message, or '' where it cannot be decoded, reason for that
-- Result: {0, tasks archived}, {0, -1} where there is no such set; or {-1, key of the wrong type}, and then nothing is
--   written.
-- Cost: O(log N) for each task.
--include _types.lua
--include _locks.lua
--include _counters.lua
--include _archive.lua
--include _quarantine.lua
local wrong = misfit({'zset', 'zset', 'zset'})
if wrong then
    return wrong
end
local set, sets = KEYS[1], KEYS[2]
local q = {
    task_prefix = ARGV[1], unique_prefix = ARGV[2], now = ARGV[3], day_expiry = ARGV[4],
    archived = KEYS[3], archive_limit = ARGV[5], archive_cutoff = ARGV[6],
    processed = KEYS[4], failed = KEYS[5], processed_day = KEYS[6], failed_day = KEYS[7]
}
if redis.call('EXISTS', set) == 0 or not redis.call('ZSCORE', sets, set) then
    return {0, -1}
end

local function archive(id, message, reason)
    local key = q.task_prefix .. id
    local kind = type_of(key)
    if kind == 'none' then
        return
    elseif kind ~= 'hash' or message == '' then
        quarantine(q, id, reason)
        return
    end
    redis.call('ZADD', q.archived, q.now, id)
    redis.call('HSET', key, 'msg', message, 'state', 'archived')
    redis.call('HDEL', key, 'group')
    count(q.processed, q.processed_day, q.day_expiry)
    count(q.failed, q.failed_day, q.day_expiry)
end

local archived = 0
for i = 7, #ARGV, 3 do
    if redis.call('ZREM', set, ARGV[i]) == 1 then
        archive(ARGV[i], ARGV[i + 1], ARGV[i + 2])
        archived = archived + 1
    end
end
if redis.call('EXISTS', set) == 0 then
    redis.call('ZREM', sets, set)
end
trim_archive(q)
return {0, archived}
