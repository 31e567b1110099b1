-- Ends attempts: each task leaves active for what the worker says. Each is checked whole before it is written.
-- KEYS: active, lease, pending, retry, archived, completed, processed, failed, processed of the day, failed of the day, lock
-- ARGV: task key prefix, unique lock prefix, wake channel, now (Unix s), now (Unix ns), expiry of the day's figures (Unix s),
--   archive limit, archive cutoff (Unix s); then for each task:
--   how (n done and nothing more to say, d done, c complete, r retry, f retry after a failure, a archive, q requeue), id,
--   owner or '', latest lease expiry that the owner was or may have been granted (Unix s); and but for n also: message or '', score (Unix s)
--   or '', exact due time (Unix ms) or '', unique lock or ''
-- Result: {0, one digit for each task}, or {0, ''} where all are written: 0 written, 1 lost; or {-1, key of the wrong type},
--   and then nothing is written.
-- Cost: O(A + log N) for each task, A tasks that became active before it and still are.
--include _types.lua
--include _locks.lua
--include _counters.lua
--include _archive.lua
--include _chunks.lua
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

-- What ends together is counted, and loses its lease, together.
local processed, failed, ended, unleased = 0, 0, {}, {}

-- Whether the task is still the owner's, and its lock. The last check is the first write. Older ids stand further to the
-- right, and mostly end earlier.
local function take(id, key, owner, latest)
    local fields = not ended[id] and redis.pcall('HMGET', key, 'owner', 'unique_key')
    if not fields or fields.err or (owner ~= '' and fields[1] ~= owner) then
        return false
    end
    if owner == '' and redis.call('EXISTS', key) == 0 then
        return false
    end
    local lease = redis.call('ZSCORE', leases, id)
    if not lease or (owner ~= '' and tonumber(lease) > tonumber(latest)) then
        return false
    end
    if redis.call('LREM', active, -1, id) == 0 then
        return false
    end
    ended[id] = true
    unleased[#unleased + 1] = id
    return true, fields[2]
end

local function retry_later(id, key, message, score, due)
    redis.call('ZADD', retry, score, id)
    redis.call('HSET', key, 'msg', message, 'state', 'retry')
    redis.call('HDEL', key, 'owner', 'cancel', 'group', 'due')
    if due ~= '' then
        redis.call('HSET', key, 'due', due)
    end
end

local function done(id, key, _, _, _, lock)
    release_lock(q, lock, id)
    redis.call('DEL', key)
    processed = processed + 1
end

local ways = {
    d = done,
    c = function(id, key, message, score, _, lock)
        release_lock(q, lock, id)
        redis.call('ZADD', completed, score, id)
        redis.call('HSET', key, 'msg', message, 'state', 'completed')
        redis.call('HDEL', key, 'owner', 'cancel')
        processed = processed + 1
    end,
    r = retry_later,
    f = function(id, key, message, score, due)
        retry_later(id, key, message, score, due)
        failed = failed + 1
    end,
    a = function(id, key, message)
        redis.call('ZADD', archived, now, id)
        redis.call('HSET', key, 'msg', message, 'state', 'archived')
        redis.call('HDEL', key, 'owner', 'cancel')
        failed = failed + 1
        died = true
    end,
    q = function(id, key)
        redis.call('RPUSH', pending, id)
        redis.call('HSET', key, 'state', 'pending', 'pending_since', now_ns)
        redis.call('HDEL', key, 'owner', 'cancel')
        pushed = true
    end
}

local lost, number, at, last = nil, 0, 9, #ARGV
while at <= last do
    local how, id = ARGV[at], ARGV[at + 1]
    local key = q.task_prefix .. id
    local is_held, lock = take(id, key, ARGV[at + 2], ARGV[at + 3])
    number = number + 1
    if not is_held then
        lost = lost or {}
        lost[number] = 1
    elseif how == 'n' then
        done(id, key, nil, nil, nil, lock)
    else
        -- The lock by the hash, else by the message: Go writes no unique_key for grouped tasks.
        ways[how](id, key, ARGV[at + 4], ARGV[at + 5], ARGV[at + 6], lock or ARGV[at + 7])
    end
    at = at + (how == 'n' and 4 or 8)
end
in_chunks('ZREM', leases, unleased)
if processed + failed > 0 then
    count(KEYS[7], KEYS[9], ARGV[6], processed + failed)
end
if failed > 0 then
    count(KEYS[8], KEYS[10], ARGV[6], failed)
end
if died then
    trim_archive(q)
end
if idle and pushed then
    redis.pcall('PUBLISH', ARGV[3], '')
end
if not lost then
    return {0, ''}
end
for i = 1, number do
    lost[i] = lost[i] or 0
end
return {0, table.concat(lost)}
