-- Reads one task.
-- KEYS: task, scheduled, retry, lease, lock
-- ARGV: id
-- Result: {0, state, message, result, score, exact due time (Unix ms), reason}, with '' for what is not there and the
--   end of the lease for the score of an active task, or {0}
--   where there is no such task; or {-1, key of the wrong type}.
-- Cost: O(1).
--include _types.lua
if type_of(KEYS[1]) ~= 'hash' then
    return {0}
end
if not fits(KEYS[2], 'zset') then
    return {-1, KEYS[2]}
elseif not fits(KEYS[3], 'zset') then
    return {-1, KEYS[3]}
elseif not fits(KEYS[4], 'zset') then
    return {-1, KEYS[4]}
end
local fields = redis.call('HMGET', KEYS[1], 'state', 'msg', 'result', 'due', 'reason')
local score
if fields[1] == 'scheduled' then
    score = redis.call('ZSCORE', KEYS[2], ARGV[1])
elseif fields[1] == 'retry' then
    score = redis.call('ZSCORE', KEYS[3], ARGV[1])
elseif fields[1] == 'active' then
    score = redis.call('ZSCORE', KEYS[4], ARGV[1])
end
return {0, fields[1] or '', fields[2] or '', fields[3] or '', score or '', fields[4] or '', fields[5] or ''}
