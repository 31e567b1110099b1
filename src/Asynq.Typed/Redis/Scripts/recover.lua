-- Takes tasks from workers that died. Each is taken only if it is as it was listed: its lease is the same and not beyond
-- the cutoff, or it is active without a lease. Repairs what is found on the way: ids without a hash, leases of tasks that
-- are not active.
-- KEYS: active, lease, retry, archived, processed, failed, processed of the day, failed of the day, lock
-- ARGV: task key prefix, unique lock prefix, now (Unix s), expiry of the day's figures (Unix s), archive limit,
--   archive cutoff (Unix s), cutoff of leases (Unix s); then for each task:
--   id, what to do (r retry, a archive, x quarantine), lease as listed (Unix s) or '', message (reason for x),
--   score (Unix s), exact due time (Unix ms) or ''
-- Result: {0, outcome of each}: 0 taken, 1 no longer to be taken, 2 a remnant, removed;
--   or {-1, key of the wrong type}, and then nothing is written.
-- Cost: O(A + log N) for each task, A active tasks.
--include _types.lua
--include _locks.lua
--include _counters.lua
--include _archive.lua
--include _quarantine.lua
local wrong = misfit({'list', 'zset', 'zset', 'zset'})
if wrong then
    return wrong
end
local active, leases = KEYS[1], KEYS[2]
local q = {
    task_prefix = ARGV[1], unique_prefix = ARGV[2], now = ARGV[3], day_expiry = ARGV[4],
    archived = KEYS[4], archive_limit = ARGV[5], archive_cutoff = ARGV[6],
    processed = KEYS[5], failed = KEYS[6], processed_day = KEYS[7], failed_day = KEYS[8]
}

local function remove(id)
    redis.call('LREM', active, 0, id)
    redis.call('ZREM', leases, id)
end

local function as_listed(lease, held, seen)
    if seen == '' then
        return held and not lease
    end
    return lease and tonumber(lease) == tonumber(seen) and tonumber(lease) <= tonumber(ARGV[7])
end

local function fail(id, key, how, message, score, due)
    redis.call('HDEL', key, 'owner', 'cancel', 'due')
    if how == 'r' then
        redis.call('ZADD', KEYS[3], score, id)
        redis.call('HSET', key, 'msg', message, 'state', 'retry')
        redis.call('HDEL', key, 'group')
        if due ~= '' then
            redis.call('HSET', key, 'due', due)
        end
    else
        redis.call('ZADD', q.archived, q.now, id)
        redis.call('HSET', key, 'msg', message, 'state', 'archived')
    end
    count(q.processed, q.processed_day, q.day_expiry)
    count(q.failed, q.failed_day, q.day_expiry)
end

local function recover(id, how, seen, message, score, due)
    local key = q.task_prefix .. id
    local kind = type_of(key)
    local lease = redis.call('ZSCORE', leases, id)
    local held = redis.call('LPOS', active, id)
    if not as_listed(lease, held, seen) then
        return 1
    end
    if kind == 'none' or (not held and kind == 'hash' and redis.call('HGET', key, 'state') ~= 'active') then
        remove(id)
        return 2
    end
    remove(id)
    if kind ~= 'hash' then
        quarantine(q, id, 'the task key is no hash')
    elseif how == 'x' then
        quarantine(q, id, message)
    else
        fail(id, key, how, message, score, due)
    end
    return 0
end

local outcomes = {0}
for i = 8, #ARGV, 6 do
    outcomes[#outcomes + 1] = recover(ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4], ARGV[i + 5])
end
trim_archive(q)
return outcomes
