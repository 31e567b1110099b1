-- Lists the groups of a queue and how many tasks wait in each.
-- KEYS: groups, lock
-- ARGV: group key prefix
-- Result: {0, {group, tasks, ...}}; or {-1, key of the wrong type}.
-- Cost: O(G), G groups.
--include _types.lua
local wrong = misfit({'set'})
if wrong then
    return wrong
end
local sizes = {}
for _, group in ipairs(redis.call('SMEMBERS', KEYS[1])) do
    local key = ARGV[1] .. group
    sizes[#sizes + 1] = group
    sizes[#sizes + 1] = fits(key, 'zset') and redis.call('ZCARD', key) or 0
end
return {0, sizes}
