-- KEYS, ARGV: none. Result: local functions. Cost: O(1); dropping a set costs O(n) for its n members.
-- The group of an aggregation set's key, which ends in :SETID; nil where it is no such key of this queue.
local function group_of(group_prefix, set)
    if string.sub(set, 1, #group_prefix) ~= group_prefix then
        return nil
    end
    return string.match(string.sub(set, #group_prefix + 1), '^(.+):[^:]*$')
end

-- Deletes an aggregation set with its tasks and their locks. A task that is no longer being aggregated is left alone.
local function drop_set(q, set, sets)
    for _, id in ipairs(redis.call('ZRANGE', set, 0, -1)) do
        local key = q.task_prefix .. id
        if type_of(key) == 'hash' then
            if redis.call('HGET', key, 'state') == 'aggregating' then
                release_lock_of(q, id)
                redis.call('DEL', key)
            end
        end
    end
    redis.call('DEL', set)
    redis.call('ZREM', sets, set)
end
