-- Removes those of the given group names under which nothing waits and nothing is being aggregated.
-- KEYS: groups, aggregation sets, lock
-- ARGV: group key prefix, then the names
-- Result: {0, names removed}; or {-1, key of the wrong type}, and then nothing is written.
-- Cost: O(n + S), n names, S aggregation sets.
--include _types.lua
local wrong = misfit({'set', 'zset'})
if wrong then
    return wrong
end
local prefix = ARGV[1]
local aggregating = {}
for _, set in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
    -- asynq:{Q}:g:GROUP:SETID; a group's name may have colons, a set's id has none.
    local group = string.match(string.sub(set, #prefix + 1), '^(.*):[^:]*$')
    if group and string.sub(set, 1, #prefix) == prefix then
        aggregating[group] = true
    end
end
local removed = 0
for i = 2, #ARGV do
    if not aggregating[ARGV[i]] and redis.call('EXISTS', prefix .. ARGV[i]) == 0 then
        removed = removed + redis.call('SREM', KEYS[1], ARGV[i])
    end
end
return {0, removed}
