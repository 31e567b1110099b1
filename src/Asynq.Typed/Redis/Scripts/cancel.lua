-- Marks an active task as one that a user wants cancelled: the mark names the present owner, so it cannot outlive the
-- attempt. A Go worker writes no owner and cannot be marked.
-- KEYS: task, lock
-- ARGV: none
-- Result: {0, 1 if marked, else 0}; or {-1, key of the wrong type}, and then nothing is written.
-- Cost: O(1).
--include _types.lua
local wrong = misfit({'hash'})
if wrong then
    return wrong
end
local fields = redis.call('HMGET', KEYS[1], 'state', 'owner')
if fields[1] ~= 'active' or not fields[2] then
    return {0, 0}
end
redis.call('HSET', KEYS[1], 'cancel', fields[2])
return {0, 1}
