-- KEYS: the place first, then the leases. ARGV: those of the script that includes it. Result: a local function. Cost: O(1) for each task.
-- Reads the tasks of a place from one rank to another, both from the oldest or the lowest score. Two lists: the ids, and
-- {id, message, result, score, exact due time (Unix ms), reason} of each that has a hash, with '' for what is not there.
-- The score of an id in a list is the end of its lease.
local function read_rows(task_prefix, is_list, first, last)
    local ids, rows = {}, {}
    local function add(id, score)
        local key = task_prefix .. id
        ids[#ids + 1] = id
        if type_of(key) == 'hash' then
            local fields = redis.call('HMGET', key, 'msg', 'result', 'due', 'reason')
            rows[#rows + 1] = {id, fields[1] or '', fields[2] or '', score, fields[3] or '', fields[4] or ''}
        end
    end
    if is_list then
        -- The oldest is on the right.
        local found = redis.call('LRANGE', KEYS[1], string.format('%.0f', -last - 1), string.format('%.0f', -first - 1))
        for i = #found, 1, -1 do
            add(found[i], redis.call('ZSCORE', KEYS[2], found[i]) or '')
        end
    else
        local found =
            redis.call('ZRANGE', KEYS[1], string.format('%.0f', first), string.format('%.0f', last), 'WITHSCORES')
        for i = 1, #found, 2 do
            add(found[i], found[i + 1])
        end
    end
    return ids, rows
end
