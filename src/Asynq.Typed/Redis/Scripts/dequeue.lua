-- Fetches up to n pending tasks, oldest first, and leases them to a new owner. Ids without a hash and ids that are
-- active already are dropped, tasks that cannot be read are quarantined, tasks with due_group (made pending by a Go
-- forwarder) go to their group. Called again with the same owner, because the reply was missed, it answers with what
-- that owner holds, leased anew; the queue may be paused by then. With n = 0 it does nothing but that. A repetition bars the
-- caller's calls before it: one that was stalled and comes after it would lease what nobody knows of.
-- KEYS: pending, active, lease, groups, archived, paused, processed, failed, processed of the day, failed of the day,
--   scheduled, retry, completed, aggregation sets, the caller's fetch mark, lock
-- ARGV: task key prefix, group key prefix, unique lock prefix, n, bytes of messages at which to stop, lease expiry (Unix s),
--   owner, now (Unix s), expiry of the day's figures (Unix s), archive limit, archive cutoff (Unix s),
--   where this is such a repetition the latest expiry that the owner asked for before (Unix s), else '',
--   1 if a look is wanted, number of this call among those of its caller
-- Result: {0, 1 if more may be pending, ids dropped, {quarantined ids}, tasks, long message, ...}; or {-1, key of the wrong
--   type}, or {0, 2} where the call is barred, and then nothing is written.
--   Tasks are one string, which is quick to read: of each the lengths of its id and message (bytes) and since when it was
--   pending (Unix ns, '' where that is not known), with spaces between, a line feed, the id, the message. Instead of a long
--   message its length is -1, and it stands behind, in the order of the tasks.
--   Where there is no task, and a look at the rest of the queue is wanted, it stands behind: the earliest score in scheduled
--   and retry or '', the earliest in completed or '', how many groups wait or are being aggregated.
-- Cost: O(n log L + B), L leases, B bytes: Redis hashes each byte of each string that a script makes.
--include _types.lua
--include _locks.lua
--include _counters.lua
--include _archive.lua
--include _quarantine.lua
--include _groups.lua
--include _chunks.lua
local wrong = misfit({'list', 'list', 'zset', 'set', 'zset'})
if wrong then
    return wrong
end
local q = {
    task_prefix = ARGV[1], group_prefix = ARGV[2], unique_prefix = ARGV[3], now = ARGV[8], groups = KEYS[4],
    archived = KEYS[5], archive_limit = ARGV[10], archive_cutoff = ARGV[11],
    processed = KEYS[7], failed = KEYS[8], processed_day = KEYS[9], failed_day = KEYS[10], day_expiry = ARGV[9]
}
local wanted, limit = tonumber(ARGV[4]), tonumber(ARGV[5])
local fetched, long, bytes, dropped, quarantined = {}, {}, 0, 0, {}

-- From how many bytes on a message is long: to put it into one string with others makes it anew, which costs more by then than
-- a part of its own in the answer.
local long_from = 512

local function hand_over(id, message, since)
    -- Whoever wrote it: a line feed in it would garble all that follows.
    since = since and string.find(since, '^%d+$') and since or ''
    local is_long = #message >= long_from
    fetched[#fetched + 1] = #id .. ' ' .. (is_long and -1 or #message) .. ' ' .. since .. '\n'
    fetched[#fetched + 1] = id
    if is_long then
        long[#long + 1] = message
    else
        fetched[#fetched + 1] = message
    end
end

local function answer(more)
    local result = {0, more, dropped, quarantined, table.concat(fetched)}
    for i = 1, #long do
        result[5 + i] = long[i]
    end
    return result
end

-- A key of a wrong type has something due at once: whoever comes for it says what is wrong.
local function earliest(key, than)
    if not fits(key, 'zset') then
        return '0'
    end
    local first = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2]
    return first and (than == '' or tonumber(first) < tonumber(than)) and first or than
end

-- Whoever has nothing to do here may have something to do elsewhere in the queue.
local function nothing(more)
    if ARGV[13] ~= '1' then
        return {0, more, dropped, quarantined, ''}
    end
    local groups = redis.call('SCARD', KEYS[4]) + (fits(KEYS[14], 'zset') and redis.call('ZCARD', KEYS[14]) or 1)
    local due = earliest(KEYS[12], earliest(KEYS[11], ''))
    return {0, more, dropped, quarantined, '', due, earliest(KEYS[13], ''), groups}
end

-- Whether the owner's lease is still its own: a Go worker that took the task leaves the owner, not the expiry.
local function holds(id, owner)
    local lease = redis.call('ZSCORE', KEYS[3], id)
    return owner == ARGV[7] and lease and tonumber(lease) <= tonumber(ARGV[12])
end

local function is_barred()
    local mark = redis.pcall('GET', KEYS[15])
    return type(mark) == 'string' and (tonumber(mark) or 0) > tonumber(ARGV[14])
end

-- Both in one call: it is a rare queue that has either.
local paused = redis.call('EXISTS', KEYS[6], KEYS[15]) > 0
if paused then
    if is_barred() then
        return {0, 2}
    end
    paused = redis.call('EXISTS', KEYS[6]) == 1
end
if ARGV[12] ~= '' then
    -- Longer than a network keeps trying to deliver what was sent.
    redis.call('SET', KEYS[15], ARGV[14], 'EX', 3600)
    local ids = redis.call('LRANGE', KEYS[2], 0, -1)
    for i = #ids, 1, -1 do
        local id = ids[i]
        local key = q.task_prefix .. id
        local fields = type_of(key) == 'hash' and redis.call('HMGET', key, 'owner', 'msg')
        if fields and fields[2] and holds(id, fields[1]) then
            redis.call('ZADD', KEYS[3], ARGV[6], id)
            hand_over(id, fields[2])
        end
    end
    if #fetched > 0 or wanted == 0 then
        return answer(0)
    end
end
if paused then
    return nothing(0)
end

-- What leaves pending together is written together, at the end.
local active, leases, taken, count_taken, largest = {}, {}, {}, 0, 0

local function start(id, key, message, since)
    redis.call('HSET', key, 'state', 'active', 'owner', ARGV[7])
    redis.call('HDEL', key, 'pending_since', 'due', 'due_group', 'cancel')
    active[#active + 1] = id
    leases[#leases + 1] = ARGV[6]
    leases[#leases + 1] = id
    hand_over(id, message, since)
    taken[id] = true
    count_taken = count_taken + 1
    bytes = bytes + #message
    largest = math.max(largest, #message)
end

-- Whether the message is too many for the answer. It is not read for that: to make a string of it is what costs most.
local function is_too_much(key)
    if bytes == 0 or bytes + largest <= limit then
        return false
    end
    local length = redis.pcall('HSTRLEN', key, 'msg')
    return type(length) == 'number' and length > 0 and bytes + length > limit
end

local function refuse(id, reason)
    quarantine(q, id, reason)
    quarantined[#quarantined + 1] = id
end

-- Decides on the oldest id; whether it leaves pending.
local function take(id)
    local key = q.task_prefix .. id
    if is_too_much(key) then
        return false
    end
    local fields = redis.pcall('HMGET', key, 'msg', 'due_group', 'pending_since', 'state')
    if fields.err then
        refuse(id, 'the task key is no hash')
        return true
    end
    local message, group = fields[1], fields[2]
    -- A worker holds the id: its second mention in pending would run it twice.
    if taken[id] or (fields[4] == 'active' and redis.call('LPOS', KEYS[2], id)) or (not message and type_of(key) == 'none') then
        dropped = dropped + 1
    elseif bytes > 0 and bytes + #(message or '') > limit then
        return false
    elseif not message then
        refuse(id, 'the task has no message')
    elseif group and group ~= '' and fits(q.group_prefix .. group, 'zset') then
        join_group(q, id, group)
    else
        start(id, key, message, fields[3])
    end
    return true
end

-- Ids are looked at from the right end, which is cut off afterwards: as many as are still wanted at a time.
local looked, most, full, finished = 0, wanted + 100, false, false
while not full and not finished and looked < most do
    local n = math.min(wanted - count_taken, most - looked)
    local ids = redis.call('LRANGE', KEYS[1], -looked - n, -looked - 1)
    for i = #ids, 1, -1 do
        if not take(ids[i]) then
            full = true
            break
        end
        looked = looked + 1
    end
    finished = not full and (count_taken == wanted or #ids < n)
end
if looked > 0 then
    redis.call('LTRIM', KEYS[1], 0, -looked - 1)
end
in_chunks('LPUSH', KEYS[2], active)
in_chunks('ZADD', KEYS[3], leases)
if count_taken == 0 then
    return nothing(finished and 0 or 1)
end
return answer(finished and 0 or 1)
