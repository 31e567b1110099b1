-- Extends the leases of active tasks that are still their owner's.
-- KEYS: active, lease, lock
-- ARGV: task key prefix, new expiry (Unix s); then for each task: id, owner or '', latest expiry that the owner
--   was or may have been granted (Unix s)
-- Result: {0, outcome of each}: 0 extended, 1 lost, 2 extended and a user asked for its cancellation;
--   or {-1, key of the wrong type}, and then nothing is written.
-- Cost: O(A + n log A) for n tasks, A active tasks.
--include _types.lua
local wrong = misfit({'list', 'zset'})
if wrong then
    return wrong
end
local active = {}
for _, id in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
    active[id] = true
end

-- Without an owner it does as the reference: whatever has a lease is extended.
local function extend(id, owner, latest)
    local lease = redis.call('ZSCORE', KEYS[2], id)
    if not lease then
        return 1
    end
    local mark = false
    if owner ~= '' then
        local key = ARGV[1] .. id
        if not active[id] or type_of(key) ~= 'hash' then
            return 1
        end
        local fields = redis.call('HMGET', key, 'owner', 'cancel')
        if fields[1] ~= owner or tonumber(lease) > tonumber(latest) then
            return 1
        end
        mark = fields[2] == owner
    end
    redis.call('ZADD', KEYS[2], ARGV[2], id)
    return mark and 2 or 0
end

local outcomes = {0}
for i = 3, #ARGV, 3 do
    outcomes[#outcomes + 1] = extend(ARGV[i], ARGV[i + 1], ARGV[i + 2])
end
return outcomes
