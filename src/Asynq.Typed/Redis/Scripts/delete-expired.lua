-- Deletes up to n completed tasks whose retention has ended.
-- KEYS: completed, lock
-- ARGV: task key prefix, now (Unix s), n
-- Result: {0, ids taken}; or {-1, key of the wrong type}, and then nothing is written.
-- Cost: O(n log N).
--include _types.lua
local wrong = misfit({'zset'})
if wrong then
    return wrong
end
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[2], 'LIMIT', '0', ARGV[3])
for _, id in ipairs(ids) do
    local key = ARGV[1] .. id
    -- A task that is in another state by now is kept: only its entry here is stale.
    if type_of(key) ~= 'hash' or redis.call('HGET', key, 'state') == 'completed' then
        redis.call('DEL', key)
    end
    redis.call('ZREM', KEYS[1], id)
end
return {0, #ids}
