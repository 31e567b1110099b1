-- Stores a result with a task that is still its owner's.
-- KEYS: active, lease, task, lock
-- ARGV: id, owner or '', latest expiry that the owner was or may have been granted (Unix s), result
-- Result: {0, outcome}: 0 written, 1 lost; or {-1, key of the wrong type}, and then nothing is written.
-- Cost: O(A), A active tasks.
--include _types.lua
local wrong = misfit({'list', 'zset', 'hash'})
if wrong then
    return wrong
end
local id, owner = ARGV[1], ARGV[2]
if redis.call('EXISTS', KEYS[3]) == 0 then
    return {0, 1}
end
if owner ~= '' then
    local lease = redis.call('ZSCORE', KEYS[2], id)
    if redis.call('HGET', KEYS[3], 'owner') ~= owner or not lease or tonumber(lease) > tonumber(ARGV[3])
        or not redis.call('LPOS', KEYS[1], id) then
        return {0, 1}
    end
end
redis.call('HSET', KEYS[3], 'result', ARGV[4])
return {0, 0}
