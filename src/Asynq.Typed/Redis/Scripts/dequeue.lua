-- Fetches up to n pending tasks, oldest first, and leases them to a new owner. Ids without a hash and ids that are
-- active already are dropped, tasks that cannot be read are quarantined, tasks with due_group (made pending by a Go
-- forwarder) go to their group. Called again with the same owner, because the reply was missed, it answers with what
-- that owner holds, leased anew; the queue may be paused by then.
-- KEYS: pending, active, lease, groups, archived, paused, processed, failed, processed of the day, failed of the day, lock
-- ARGV: task key prefix, group key prefix, unique lock prefix, n, bytes of messages at which to stop, lease expiry (Unix s),
--   owner, now (Unix s), expiry of the day's figures (Unix s), archive limit, archive cutoff (Unix s),
--   where this is such a repetition the latest expiry that the owner asked for before (Unix s), else ''
-- Result: {0, 1 if more may be pending, ids dropped, {quarantined ids}, {id, message, pending since (Unix ns, '' where
--   that is not known), ...}}; or {-1, key of the wrong type}, and then nothing is written.
-- Cost: O(n log L), L leases.
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
local fetched, bytes, dropped, quarantined = {}, 0, 0, {}

-- Whether the owner's lease is still its own: a Go worker that took the task leaves the owner, not the expiry.
local function holds(id, owner)
    local lease = redis.call('ZSCORE', KEYS[3], id)
    return owner == ARGV[7] and lease and tonumber(lease) <= tonumber(ARGV[12])
end

if ARGV[12] ~= '' then
    for _, id in ipairs(redis.call('LRANGE', KEYS[2], 0, -1)) do
        local key = q.task_prefix .. id
        local fields = type_of(key) == 'hash' and redis.call('HMGET', key, 'owner', 'msg')
        if fields and fields[2] and holds(id, fields[1]) then
            redis.call('ZADD', KEYS[3], ARGV[6], id)
            fetched[#fetched + 1] = id
            fetched[#fetched + 1] = fields[2]
            fetched[#fetched + 1] = ''
        end
    end
    if #fetched > 0 then
        return {0, 0, 0, {}, fetched}
    end
end
if redis.call('EXISTS', KEYS[6]) == 1 then
    return {0, 0, 0, {}, {}}
end

-- What leaves pending together is written together, at the end.
local active, leases, taken, count_taken = {}, {}, {}, 0

local function start(id, key, message, since)
    redis.call('HSET', key, 'state', 'active', 'owner', ARGV[7])
    redis.call('HDEL', key, 'pending_since', 'due', 'due_group', 'cancel')
    active[#active + 1] = id
    leases[#leases + 1] = ARGV[6]
    leases[#leases + 1] = id
    fetched[#fetched + 1] = id
    fetched[#fetched + 1] = message
    fetched[#fetched + 1] = since or ''
    taken[id] = true
    count_taken = count_taken + 1
    bytes = bytes + #message
end

local function refuse(id, reason)
    quarantine(q, id, reason)
    quarantined[#quarantined + 1] = id
end

-- Decides on the oldest id; whether it leaves pending.
local function take(id)
    local key = q.task_prefix .. id
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
return {0, finished and 0 or 1, dropped, quarantined, fetched}
