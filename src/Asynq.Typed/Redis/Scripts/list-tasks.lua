-- Reads one page of the tasks of one place. Ids without a hash are left out.
-- KEYS: the place (a list, or a sorted set), lock
-- ARGV: task key prefix, first, last (both by rank from the oldest, or the lowest score), the type of the place
-- Result: {0, {{id, message, result, score, exact due time (Unix ms), reason}, ...}}, with '' for what is not there;
--   or {-1, key of the wrong type}.
-- Cost: O(N) for a list, else O(log N), and O(1) for each task.
--include _types.lua
local wrong = misfit({ARGV[4]})
if wrong then
    return wrong
end
local found = {}
local function add(id, score)
    local key = ARGV[1] .. id
    if type_of(key) == 'hash' then
        local fields = redis.call('HMGET', key, 'msg', 'result', 'due', 'reason')
        found[#found + 1] = {id, fields[1] or '', fields[2] or '', score, fields[3] or '', fields[4] or ''}
    end
end

local first, last = tonumber(ARGV[2]), tonumber(ARGV[3])
if ARGV[4] == 'list' then
    -- The oldest is on the right.
    local ids = redis.call('LRANGE', KEYS[1], string.format('%.0f', -last - 1), string.format('%.0f', -first - 1))
    for i = #ids, 1, -1 do
        add(ids[i], '')
    end
else
    local ids = redis.call('ZRANGE', KEYS[1], ARGV[2], ARGV[3], 'WITHSCORES')
    for i = 1, #ids, 2 do
        add(ids[i], ids[i + 1])
    end
end
return {0, found}
