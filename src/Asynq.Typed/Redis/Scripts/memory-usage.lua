-- Estimates the bytes that a queue takes: the keys of its places, and its tasks by samples of each place.
-- KEYS: pending, active, scheduled, retry, archived, completed, groups, lock
-- ARGV: task key prefix, group key prefix, tasks to sample of each place, groups to sample
-- Result: {0, bytes}, or {0} where the server cannot tell; or {-1, key of the wrong type}.
-- Cost: O(S), S samples.
--include _types.lua
local wrong = misfit({'list', 'list', 'zset', 'zset', 'zset', 'zset', 'set'})
if wrong then
    return wrong
end
local known = true
local function size_of(key)
    local size = redis.pcall('MEMORY', 'USAGE', key)
    if type(size) == 'table' then
        known = false
        return 0
    end
    return size or 0
end

local samples, group_samples = tonumber(ARGV[3]), tonumber(ARGV[4])

-- A place's own key, and as many tasks as it has at the average size of some.
local function place_size(key)
    local ids, count
    if type_of(key) == 'list' then
        ids, count = redis.call('LRANGE', key, 0, samples - 1), redis.call('LLEN', key)
    else
        ids, count = redis.call('ZRANGE', key, 0, samples - 1), redis.call('ZCARD', key)
    end
    if #ids == 0 then
        return 0
    end
    local sampled = 0
    for _, id in ipairs(ids) do
        sampled = sampled + size_of(ARGV[1] .. id)
    end
    return size_of(key) + sampled / #ids * count
end

local total = 0
for i = 1, 6 do
    if type_of(KEYS[i]) ~= 'none' then
        total = total + place_size(KEYS[i])
    end
end
local groups = redis.call('SRANDMEMBER', KEYS[7], group_samples)
if #groups > 0 then
    local sampled = 0
    for _, group in ipairs(groups) do
        local key = ARGV[2] .. group
        if type_of(key) == 'zset' then
            sampled = sampled + place_size(key)
        end
    end
    total = total + size_of(KEYS[7]) + sampled / #groups * redis.call('SCARD', KEYS[7])
end
if not known then
    return {0}
end
return {0, string.format('%.0f', total)}
