-- Reads one page of the tasks of one place. Ids without a hash are left out.
-- KEYS: the place (a list, or a sorted set), lease, lock
-- ARGV: task key prefix, first, last (both by rank from the oldest, or the lowest score), the type of the place
-- Result: {0, {{id, message, result, score, exact due time (Unix ms), reason}, ...}}, with '' for what is not there;
--   the score of a task in a list is the end of its lease;
--   or {-1, key of the wrong type}.
-- Cost: O(N) for a list, else O(log N), and O(1) for each task.
--include _types.lua
--include _rows.lua
local wrong = misfit({ARGV[4], 'zset'})
if wrong then
    return wrong
end
local _, rows = read_rows(ARGV[1], ARGV[4] == 'list', tonumber(ARGV[2]), tonumber(ARGV[3]))
return {0, rows}
