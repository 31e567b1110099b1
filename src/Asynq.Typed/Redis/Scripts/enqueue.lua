-- Adds tasks to one queue: pending, scheduled or to a group; unique or not; each with an outcome of its own.
-- A call that was made before, because its reply was missed, only says again what it did.
-- KEYS: pending, scheduled, groups, call marks of the caller, lock
-- ARGV: task key prefix, group key prefix, wake channel, now (Unix ns), now (Unix s), tick TTL (s), this call's mark, its place
--   among the caller's marks (bytes), '1' to keep the marks for another while or ''; then for each task:
--   kind (p pending, s scheduled, g group), id, message, unique lock or '', its TTL (s), group or '',
--   score (Unix s), exact due time (Unix ms) or '', tick key or ''
-- A tick whose task is refused is marked too, so that no other scheduler enqueues it once the lock or the id is free.
-- Result: {0, outcome of each}: 0 stored, 1 lock taken, 2 id taken, 3 tick taken, 4 tick taken by this very id;
--   or {-1, key of the wrong type}, and then nothing is written.
-- Cost: O(log N) for each scheduled or grouped task, else O(1).
--include _types.lua
local wrong = misfit({'list', 'zset', 'set', 'string'})
if wrong then
    return wrong
end
local first, stride = 10, 9
local marks, call, place = KEYS[4], ARGV[7], tonumber(ARGV[8])
-- Seconds: longer than anybody repeats a call.
local marks_ttl = 600

local known = redis.call('GETRANGE', marks, place, place + #call - 1)
if known == call then
    local refusals = redis.call('GET', marks .. ':' .. call) or ''
    local again = {0}
    for i = first, #ARGV, stride do
        local at = #again
        again[at + 1] = tonumber(string.sub(refusals, at, at)) or 0
    end
    return again
end

-- The newest tick of the entry is remembered, for schedulers that start after it: longer than a year has days.
local last_tick_ttl = 400 * 24 * 60 * 60

-- A tick's key is that of the entry's newest tick, a colon and the time.
local function last_tick(tick)
    return string.match(tick, '^(.*):(%d+)$')
end

for i = first, #ARGV, stride do
    local lock, group, tick = ARGV[i + 3], ARGV[i + 5], ARGV[i + 8]
    if lock ~= '' and not fits(lock, 'string') then
        return {-1, lock}
    end
    if ARGV[i] == 'g' and not fits(ARGV[2] .. group, 'zset') then
        return {-1, ARGV[2] .. group}
    end
    if tick ~= '' and not fits(tick, 'string') then
        return {-1, tick}
    end
    if tick ~= '' and not fits(last_tick(tick), 'string') then
        return {-1, (last_tick(tick))}
    end
end

local function refusal(id, lock, tick)
    local holder = tick ~= '' and redis.call('GET', tick)
    if holder then
        return holder == id and 4 or 3
    end
    if lock ~= '' and redis.call('EXISTS', lock) == 1 then
        return 1
    end
    return redis.call('EXISTS', ARGV[1] .. id) == 1 and 2 or 0
end

-- The mark is the id of the tick's task; a dash where that was refused, which is no id of ours.
local function mark_tick(tick, mark)
    if tick == '' then
        return
    end
    local last, second = last_tick(tick)
    redis.call('SET', tick, mark, 'EX', ARGV[6])
    if tonumber(second) > tonumber(redis.call('GET', last) or '0') then
        redis.call('SET', last, second, 'EX', last_tick_ttl)
    end
end

local idle = redis.call('LLEN', KEYS[1]) == 0
local pushed, sooner, refused = false, false, false
local outcomes = {0}
for i = first, #ARGV, stride do
    local kind, id, message, lock, ttl = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4]
    local group, score, due, tick = ARGV[i + 5], ARGV[i + 6], ARGV[i + 7], ARGV[i + 8]
    local outcome = refusal(id, lock, tick)
    if outcome == 0 then
        local key = ARGV[1] .. id
        mark_tick(tick, id)
        if lock ~= '' then
            redis.call('SET', lock, id, 'EX', ttl)
            redis.call('HSET', key, 'unique_key', lock)
        end
        if kind == 'p' then
            redis.call('HSET', key, 'msg', message, 'state', 'pending', 'pending_since', ARGV[4])
            redis.call('LPUSH', KEYS[1], id)
            pushed = true
        elseif kind == 's' then
            redis.call('HSET', key, 'msg', message, 'state', 'scheduled')
            if due ~= '' then
                redis.call('HSET', key, 'due', due)
            end
            if group ~= '' then
                redis.call('HSET', key, 'due_group', group)
            end
            redis.call('ZADD', KEYS[2], score, id)
            -- Whoever waits for the next due time has to wait less long.
            sooner = sooner or redis.call('ZCOUNT', KEYS[2], '-inf', '(' .. score) == 0
        else
            redis.call('HSET', key, 'msg', message, 'state', 'aggregating', 'group', group)
            redis.call('ZADD', ARGV[2] .. group, ARGV[5], id)
            redis.call('SADD', KEYS[3], group)
        end
    elseif outcome == 1 or outcome == 2 then
        mark_tick(tick, '-')
    end
    refused = refused or outcome ~= 0
    outcomes[#outcomes + 1] = outcome
end
redis.call('SETRANGE', marks, place, call)
if known == '' or ARGV[9] ~= '' then
    redis.call('EXPIRE', marks, marks_ttl)
end
if refused then
    redis.call('SET', marks .. ':' .. call, table.concat(outcomes, '', 2), 'EX', marks_ttl)
end
if idle and pushed then
    redis.pcall('PUBLISH', ARGV[3], '')
end
if sooner then
    redis.pcall('PUBLISH', ARGV[3], 'due')
end
return outcomes
