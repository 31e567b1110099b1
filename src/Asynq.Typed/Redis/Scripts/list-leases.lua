-- Lists active tasks whose lease ended, and those that have none though they are active.
-- KEYS: active, lease, lock
-- ARGV: task key prefix, cutoff (Unix s), expired leases to pass over, most to list, 1 to list ids without a lease too
-- Result: {0, {id, lease expiry (Unix s) or '', 0 no hash / 1 has a message / 2 has none, message, ...}};
--   or {-1, key of the wrong type}.
-- Cost: O(log L + n), and O(A log L) for A active tasks where ids without a lease are asked for.
--include _types.lua
local wrong = misfit({'list', 'zset'})
if wrong then
    return wrong
end
local found = {}

local function add(id, lease)
    local key = ARGV[1] .. id
    local kind = type_of(key)
    local message = kind == 'hash' and redis.call('HGET', key, 'msg')
    found[#found + 1] = id
    found[#found + 1] = lease
    found[#found + 1] = kind == 'none' and '0' or message and '1' or '2'
    found[#found + 1] = message or ''
end

local expired = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[2], 'WITHSCORES', 'LIMIT', ARGV[3], ARGV[4])
for i = 1, #expired, 2 do
    add(expired[i], expired[i + 1])
end
if ARGV[5] == '1' then
    local room = tonumber(ARGV[4]) - #expired / 2
    for _, id in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
        if room <= 0 then
            break
        end
        if not redis.call('ZSCORE', KEYS[2], id) then
            add(id, '')
            room = room - 1
        end
    end
end
return {0, found}
