-- Replaces the message of a scheduled task, if it is still the one that the new message was made of.
-- KEYS: task, lock
-- ARGV: message as it was read, message in its place
-- Result: {0, outcome}: 0 replaced, 1 no such task, 2 not scheduled, 3 the message has changed meanwhile.
-- Cost: O(1).
--include _types.lua
if type_of(KEYS[1]) ~= 'hash' then
    return {0, 1}
end
local fields = redis.call('HMGET', KEYS[1], 'state', 'msg')
if fields[1] ~= 'scheduled' then
    return {0, 2}
elseif fields[2] ~= ARGV[1] then
    return {0, 3}
end
redis.call('HSET', KEYS[1], 'msg', ARGV[2])
return {0, 0}
