-- Adds tasks to one queue: pending, scheduled or to a group; unique or not; each with an outcome of its own.
-- A call that was made before, because its reply was missed, only says again what it did.
-- KEYS: pending, scheduled, groups, call marks of the caller, lock
-- ARGV: task key prefix, group key prefix, wake channel, now (Unix ns), now (Unix s), tick TTL (s), this call's mark, its place
--   among the caller's marks (bytes), '1' to keep the marks for another while or '', the mark of the call that must have been
--   made before this or '', its place; then for each task:
--   kind (n pending and no more, p pending, s scheduled, g group), id, message; and but for n also: unique lock or '',
--   its TTL (s), group or '', score (Unix s), exact due time (Unix ms) or '', tick key or ''
-- A tick whose task is refused is marked too, so that no other scheduler enqueues it once the lock or the id is free.
-- Result: {0, one digit for each task}, or {0, ''} where all are stored; a third value, 1, where the call was made before and
--   this is what it did then. Digits: 0 stored, 1 lock taken, 2 id taken, 3 tick taken,
--   4 tick taken by this very id; of the wrong type, and so nothing written for this task: 5 the lock, 6 the group, 7 the tick,
--   8 the newest tick of its entry, 9 scheduled or groups. Or {0, '-'}: the call before has not been made; or {-1, key}: pending
--   is of the wrong type. Then nothing is written.
-- Cost: O(log N) for each scheduled or grouped task, else O(1).
--include _types.lua
--include _chunks.lua
local call = redis.call
if not fits(KEYS[1], 'list') then
    return {-1, KEYS[1]}
end
local task_prefix, pending_since = ARGV[1], ARGV[4]
local marks, mark, place = KEYS[4], ARGV[7], tonumber(ARGV[8])
-- What a call refused is noted by its place, so that there are never more notes than places.
local refused = marks .. ':' .. ARGV[8]
-- Seconds: longer than anybody repeats a call.
local marks_ttl = 600

local known = call('GETRANGE', marks, place, place + #mark - 1)
if known == mark then
    local note = call('GET', refused) or ''
    return {0, string.sub(note, 1, #mark) == mark and string.sub(note, #mark + 1) or '', 1}
end

local before, place_before = ARGV[10], ARGV[11]
if before ~= '' and call('GETRANGE', marks, place_before, place_before + #before - 1) ~= before then
    return {0, '-'}
end

local first, last = 12, #ARGV

-- Mostly none of the tasks is there yet, and one question tells that of all of them.
local keys, count, there, rich = {}, 0, 0, false
local at = first
while at <= last do
    count = count + 1
    keys[count] = task_prefix .. ARGV[at + 1]
    rich = rich or ARGV[at] ~= 'n'
    at = at + (ARGV[at] == 'n' and 3 or 9)
end
for from = 1, count, 1000 do
    there = there + call('EXISTS', unpack(keys, from, math.min(from + 999, count)))
end

local taken = {}
for number = 1, there > 0 and count or 0 do
    taken[keys[number]] = call('EXISTS', keys[number]) == 1
end

local pushed, sooner = {}, false

-- What adds tasks that are not plain ones. Most calls have none, and are spared the making of it.
local function other_kinds()
    -- The newest tick of the entry is remembered, for schedulers that start after it: longer than a year has days.
    local last_tick_ttl = 400 * 24 * 60 * 60

    -- A tick's key is that of the entry's newest tick, a colon and the time.
    local function last_tick(tick)
        return string.match(tick, '^(.*):(%d+)$')
    end

    -- The mark is the id of the tick's task; a dash where that was refused, which is no id of ours.
    local function mark_tick(tick, by)
        if tick == '' then
            return
        end
        local newest, second = last_tick(tick)
        call('SET', tick, by, 'EX', ARGV[6])
        if tonumber(second) > tonumber(call('GET', newest) or '0') then
            call('SET', newest, second, 'EX', last_tick_ttl)
        end
    end

    -- Asked for once, by the first task that needs them.
    local places = {s = {key = KEYS[2], kind = 'zset'}, g = {key = KEYS[3], kind = 'set'}}
    local function has_place(kind)
        local place_of = places[kind]
        if place_of and place_of.fits == nil then
            place_of.fits = fits(place_of.key, place_of.kind)
        end
        return not place_of or place_of.fits
    end

    -- Why a task is refused; 0 where it is not. Types are checked here, before anything is written for it.
    local function refusal(kind, key, id, lock, group, tick)
        local lock_type = lock == '' and 'none' or type_of(lock)
        if lock_type ~= 'none' and lock_type ~= 'string' then
            return 5
        elseif kind == 'g' and not fits(ARGV[2] .. group, 'zset') then
            return 6
        elseif tick ~= '' and not fits(tick, 'string') then
            return 7
        elseif tick ~= '' and not fits(last_tick(tick), 'string') then
            return 8
        elseif not has_place(kind) then
            return 9
        end
        local holder = tick ~= '' and call('GET', tick)
        if holder then
            return holder == id and 4 or 3
        elseif lock_type == 'string' then
            return 1
        end
        return taken[key] and 2 or 0
    end

    local function add(from, key)
        local kind, id, message, lock, ttl = ARGV[from], ARGV[from + 1], ARGV[from + 2], ARGV[from + 3], ARGV[from + 4]
        local group, score, due, tick = ARGV[from + 5], ARGV[from + 6], ARGV[from + 7], ARGV[from + 8]
        local outcome = refusal(kind, key, id, lock, group, tick)
        if outcome == 1 or outcome == 2 then
            mark_tick(tick, '-')
        end
        if outcome ~= 0 then
            return outcome
        end
        mark_tick(tick, id)
        if lock ~= '' then
            call('SET', lock, id, 'EX', ttl)
            call('HSET', key, 'unique_key', lock)
        end
        if kind == 'p' then
            call('HSET', key, 'msg', message, 'state', 'pending', 'pending_since', pending_since)
            pushed[#pushed + 1] = id
        elseif kind == 's' then
            call('HSET', key, 'msg', message, 'state', 'scheduled')
            if due ~= '' then
                call('HSET', key, 'due', due)
            end
            if group ~= '' then
                call('HSET', key, 'due_group', group)
            end
            call('ZADD', KEYS[2], score, id)
            -- Whoever waits for the next due time has to wait less long.
            sooner = sooner or call('ZCOUNT', KEYS[2], '-inf', '(' .. score) == 0
        else
            call('HSET', key, 'msg', message, 'state', 'aggregating', 'group', group)
            call('ZADD', ARGV[2] .. group, ARGV[5], id)
            call('SADD', KEYS[3], group)
        end
        return 0
    end
    return add
end

local add = rich and other_kinds()
local refusals
at = first
for number = 1, count do
    local kind, key, outcome = ARGV[at], keys[number], 0
    if kind ~= 'n' then
        outcome = add(at, key)
    elseif taken[key] then
        outcome = 2
    else
        call('HSET', key, 'msg', ARGV[at + 2], 'state', 'pending', 'pending_since', pending_since)
        pushed[#pushed + 1] = ARGV[at + 1]
    end
    if outcome == 0 then
        taken[key] = true
    else
        refusals = refusals or {}
        refusals[number] = outcome
    end
    at = at + (kind == 'n' and 3 or 9)
end

local length = in_chunks('LPUSH', KEYS[1], pushed)
call('SETRANGE', marks, place, mark)
if known == '' or ARGV[9] ~= '' then
    call('EXPIRE', marks, marks_ttl)
end
local outcomes = ''
if refusals then
    for number = 1, count do
        refusals[number] = refusals[number] or 0
    end
    outcomes = table.concat(refusals)
    call('SET', refused, mark .. outcomes, 'EX', marks_ttl)
end
if length and length == #pushed then
    redis.pcall('PUBLISH', ARGV[3], '')
end
if sooner then
    redis.pcall('PUBLISH', ARGV[3], 'due')
end
return {0, outcomes}
