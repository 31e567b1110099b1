-- Archives an active task whose message its worker cannot decode.
-- KEYS: active, lease, archived, processed, failed, processed of the day, failed of the day, lock
-- ARGV: task key prefix, unique lock prefix, id, owner, reason, now (Unix s), expiry of the day's figures (Unix s),
--   archive limit, archive cutoff (Unix s)
-- Result: {0, outcome}: 0 archived, 1 lost; or {-1, key of the wrong type}, and then nothing is written.
-- Cost: O(A + log N), A active tasks.
--include _types.lua
--include _locks.lua
--include _counters.lua
--include _archive.lua
--include _quarantine.lua
local wrong = misfit({'list', 'zset', 'zset'})
if wrong then
    return wrong
end
local q = {
    task_prefix = ARGV[1], unique_prefix = ARGV[2], now = ARGV[6], day_expiry = ARGV[7], archived = KEYS[3],
    archive_limit = ARGV[8], archive_cutoff = ARGV[9],
    processed = KEYS[4], failed = KEYS[5], processed_day = KEYS[6], failed_day = KEYS[7]
}
local id = ARGV[3]
local key = q.task_prefix .. id
if type_of(key) ~= 'hash' or redis.call('HGET', key, 'owner') ~= ARGV[4]
    or redis.call('LREM', KEYS[1], 0, id) == 0 then
    return {0, 1}
end
redis.call('ZREM', KEYS[2], id)
quarantine(q, id, ARGV[5])
return {0, 0}
