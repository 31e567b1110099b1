-- Ends attempts: each task leaves active for what the worker says. Each is checked whole before it is written.
-- KEYS: active, lease, pending, retry, archived, completed, processed, failed, processed of the day, failed of the day, lock
-- ARGV: task key prefix, unique lock prefix, wake channel, now (Unix s), now (Unix ns), expiry of the day's figures (Unix s),
--   archive limit, archive cutoff (Unix s); then for each task:
--   how (d done, c complete, r retry, f retry after a failure, a archive, q requeue), id, owner or '', latest lease
--   expiry that the owner asked for (Unix s), message or '', score (Unix s) or '', exact due time (Unix ms) or '',
--   unique lock or ''
-- Result: {0, outcome of each}: 0 written, 1 lost; or {-1, key of the wrong type}, and then nothing is written.
-- Cost: O(A + log N) for each task, A active tasks.
--include _types.lua
--include _locks.lua
--include _counters.lua
--include _archive.lua
local wrong = misfit({'list', 'zset', 'list', 'zset', 'zset', 'zset'})
if wrong then
    return wrong
end
local active, leases, pending, retry, archived, completed = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local q = {
    task_prefix = ARGV[1], unique_prefix = ARGV[2], archived = archived,
    archive_limit = ARGV[7], archive_cutoff = ARGV[8]
}
local now, now_ns = ARGV[4], ARGV[5]
local pushed, died = false, false
local idle = redis.call('LLEN', pending) == 0

local function count_processed()
    count(KEYS[7], KEYS[9], ARGV[6])
end

local function count_failed()
    count_processed()
    count(KEYS[8], KEYS[10], ARGV[6])
end

-- Whether the task is still the owner's. The last check is the first write.
local function take(id, key, owner, latest)
    if type_of(key) ~= 'hash' or (owner ~= '' and redis.call('HGET', key, 'owner') ~= owner) then
        return false
    end
    local lease = redis.call('ZSCORE', leases, id)
    if not lease or (owner ~= '' and tonumber(lease) > tonumber(latest)) then
        return false
    end
    if redis.call('LREM', active, 0, id) == 0 then
        return false
    end
    redis.call('ZREM', leases, id)
    return true
end

-- The lock by the hash, else by the message: Go writes no unique_key for grouped tasks.
local function release(id, key, lock)
    release_lock(q, redis.call('HGET', key, 'unique_key') or lock, id)
end

local function retry_later(id, key, message, score, due)
    redis.call('ZADD', retry, score, id)
    redis.call('HSET', key, 'msg', message, 'state', 'retry')
    redis.call('HDEL', key, 'owner', 'cancel', 'group', 'due')
    if due ~= '' then
        redis.call('HSET', key, 'due', due)
    end
end

local ways = {
    d = function(id, key, _, _, _, lock)
        release(id, key, lock)
        redis.call('DEL', key)
        count_processed()
    end,
    c = function(id, key, message, score, _, lock)
        release(id, key, lock)
        redis.call('ZADD', completed, score, id)
        redis.call('HSET', key, 'msg', message, 'state', 'completed')
        redis.call('HDEL', key, 'owner', 'cancel')
        count_processed()
    end,
    r = retry_later,
    f = function(id, key, message, score, due)
        retry_later(id, key, message, score, due)
        count_failed()
    end,
    a = function(id, key, message)
        redis.call('ZADD', archived, now, id)
        redis.call('HSET', key, 'msg', message, 'state', 'archived')
        redis.call('HDEL', key, 'owner', 'cancel')
        count_failed()
        died = true
    end,
    q = function(id, key)
        redis.call('RPUSH', pending, id)
        redis.call('HSET', key, 'state', 'pending', 'pending_since', now_ns)
        redis.call('HDEL', key, 'owner', 'cancel')
        pushed = true
    end
}

local outcomes = {0}
for i = 9, #ARGV, 8 do
    local id = ARGV[i + 1]
    local key = q.task_prefix .. id
    if take(id, key, ARGV[i + 2], ARGV[i + 3]) then
        ways[ARGV[i]](id, key, ARGV[i + 4], ARGV[i + 5], ARGV[i + 6], ARGV[i + 7])
        outcomes[#outcomes + 1] = 0
    else
        outcomes[#outcomes + 1] = 1
    end
end
if died then
    trim_archive(q)
end
if idle and pushed then
    redis.pcall('PUBLISH', ARGV[3], '')
end
return outcomes
