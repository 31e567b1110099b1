-- Reads the tasks that come behind one that was read before: from the oldest on, or from the lowest score. Whatever came or
-- went in front meanwhile, none is passed over.
-- KEYS: the place (a list, or a sorted set), lease, lock
-- ARGV: task key prefix, the type of the place, how many at most, how far from the start of a list a known id is looked for,
--   ids that were read before, the best first: the tasks are read from behind the first that is still there, or from the start
-- Result: {0, {id, ...}, {{id, message, result, score, exact due time (Unix ms), reason}, ...}, known id or '', its rank or
--   -1}, with '' for what is not there, and the end of a lease for a score in a list; ids without a hash are among the first, not among the second; or {-1, key of the
--   wrong type}.
-- Cost: O(N) for each known id of a list, else O(log N), and O(1) for each task.
--include _types.lua
--include _rows.lua
local wrong = misfit({ARGV[2], 'zset'})
if wrong then
    return wrong
end
local is_list = ARGV[2] == 'list'

-- The rank of an id, from the oldest or the lowest score; nil where it is not there.
local function rank_of(id)
    local rank
    if is_list then
        rank = redis.call('LPOS', KEYS[1], id, 'RANK', '-1', 'MAXLEN', ARGV[4])
        rank = rank and redis.call('LLEN', KEYS[1]) - 1 - rank
    else
        rank = redis.call('ZRANK', KEYS[1], id)
    end
    return rank or nil
end

local known, first = '', 0
local rank = -1
for i = 5, #ARGV do
    local found = rank_of(ARGV[i])
    if found then
        known, rank = ARGV[i], found
        first = found + 1
        break
    end
end
local ids, rows = read_rows(ARGV[1], is_list, first, first + tonumber(ARGV[3]) - 1)
return {0, ids, rows, known, rank}
