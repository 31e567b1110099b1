-- Moves tasks that are due from scheduled or retry to pending, or to the group that they belong to.
-- An exact due time counts where it lies within the second of the score; else the score is the due time.
-- KEYS: scheduled or retry, pending, groups, archived, processed, failed, processed of the day, failed of the day, lock
-- ARGV: task key prefix, group key prefix, unique lock prefix, wake channel, now (Unix s), now (Unix ms), now (Unix ns),
--   expiry of the day's figures (Unix s), archive limit, archive cutoff (Unix s), most ids to look at,
--   the id of the current second up to which calls before looked, or ''
-- Result: {0, ids taken, tasks moved, the id up to which this one did, of those that were left, or '', 1 if more may be due,
--   next due time seen (Unix ms) or ''}; or {-1, key of the wrong type}, and then nothing is written.
-- Cost: O(n log N) for n ids looked at.
--include _types.lua
--include _locks.lua
--include _counters.lua
--include _archive.lua
--include _quarantine.lua
--include _groups.lua
--include _chunks.lua
local wrong = misfit({'zset', 'list', 'set', 'zset'})
if wrong then
    return wrong
end
local source, pending = KEYS[1], KEYS[2]
local q = {
    task_prefix = ARGV[1], group_prefix = ARGV[2], unique_prefix = ARGV[3], now = ARGV[5], groups = KEYS[3],
    archived = KEYS[4], archive_limit = ARGV[9], archive_cutoff = ARGV[10],
    processed = KEYS[5], failed = KEYS[6], processed_day = KEYS[7], failed_day = KEYS[8], day_expiry = ARGV[8]
}
local now, now_ms, limit = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[11])
local idle = redis.call('LLEN', pending) == 0
local taken, moved, pushed, next_due = 0, 0, false, nil

local function to_group(id, group)
    if not fits(q.group_prefix .. group, 'zset') then
        quarantine(q, id, 'the key of the task\'s group is no sorted set')
        return
    end
    join_group(q, id, group)
    moved = moved + 1
end

-- What leaves together is taken away and pushed together.
local leaving, pushing = {}, {}

local function move(id, fields)
    leaving[#leaving + 1] = id
    taken = taken + 1
    local key = q.task_prefix .. id
    if fields.err then
        quarantine(q, id, 'the task key is no hash')
        return
    elseif not fields[4] and type_of(key) == 'none' then
        return
    end
    local group = (fields[1] and fields[1] ~= '' and fields[1]) or (fields[2] and fields[2] ~= '' and fields[2])
    if group then
        to_group(id, group)
        return
    end
    pushing[#pushing + 1] = id
    redis.call('HSET', key, 'state', 'pending', 'pending_since', ARGV[7])
    if fields[2] or fields[3] then
        redis.call('HDEL', key, 'due', 'due_group')
    end
    moved = moved + 1
    pushed = true
end

local function read(id)
    return redis.pcall('HMGET', q.task_prefix .. id, 'group', 'due_group', 'due', 'state')
end

local function leave()
    in_chunks('ZREM', source, leaving)
    in_chunks('LPUSH', pending, pushing)
    leaving, pushing = {}, {}
end

-- The exact due time of a task, where it lies within the second of its score.
local function due_of(fields, second)
    local due = not fields.err and fields[3] and tonumber(fields[3])
    return due and math.floor(due / 1000) == second and due or nil
end

local function note(due)
    if not next_due or due < next_due then
        next_due = due
    end
end

-- How many ids of the current second stand before those that are still to be looked at. By the id, not by a count: another
-- forwarder may have taken some of those that were counted. If that id has gone too, all are looked at again.
local function ranks_up_to(id)
    local score = id ~= '' and redis.call('ZSCORE', source, id)
    return score and math.floor(tonumber(score)) == now and redis.call('ZRANK', source, id) + 1 or 0
end

local past = redis.call('ZRANGEBYSCORE', source, '-inf', '(' .. ARGV[5], 'LIMIT', '0', ARGV[11])
for _, id in ipairs(past) do
    move(id, read(id))
end
leave()
local more, passed = #past == limit, ARGV[12]
if not more then
    local room = limit - #past
    local current = redis.call('ZRANGEBYSCORE', source, ARGV[5], '(' .. string.format('%.0f', now + 1),
        'LIMIT', string.format('%.0f', ranks_up_to(passed)), string.format('%.0f', room))
    for _, id in ipairs(current) do
        local fields = read(id)
        local due = due_of(fields, now)
        if due and due > now_ms then
            note(due)
            passed = id
        else
            move(id, fields)
        end
    end
    leave()
    more = #current == room
end
if not more then
    local later = redis.call('ZRANGEBYSCORE', source, string.format('%.0f', now + 1), '+inf', 'WITHSCORES', 'LIMIT', '0', '1')
    if #later > 0 then
        note(tonumber(later[2]) * 1000)
    end
end
if idle and pushed then
    redis.pcall('PUBLISH', ARGV[4], '')
end
return {0, taken, moved, passed, more and 1 or 0, next_due and string.format('%.0f', next_due) or ''}
