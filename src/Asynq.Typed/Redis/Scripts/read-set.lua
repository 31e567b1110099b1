-- Reads an aggregation set.
-- KEYS: set, aggregation sets, lock
-- ARGV: task key prefix
-- Result: {0, deadline (Unix s), {id, 0 no hash / 1 has a message / 2 has none, message, ...}} by arrival; {0} where there
--   is no such set; or {-1, key of the wrong type}.
-- Cost: O(n) for n members.
--include _types.lua
local wrong = misfit({'zset', 'zset'})
if wrong then
    return wrong
end
local deadline = redis.call('ZSCORE', KEYS[2], KEYS[1])
if not deadline then
    return {0}
end
local found = {}
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
    local key = ARGV[1] .. id
    local kind = type_of(key)
    local message = kind == 'hash' and redis.call('HGET', key, 'msg')
    found[#found + 1] = id
    found[#found + 1] = kind == 'none' and '0' or message and '1' or '2'
    found[#found + 1] = message or ''
end
return {0, deadline, found}
