-- KEYS, ARGV: none. Result: local functions. Cost: O(1); dropping a set costs O(n) for its n members.
-- The group of an aggregation set's key, which ends in :SETID; nil where it is no such key of this queue.
local function group_of(group_prefix, set)
    if string.sub(set, 1, #group_prefix) ~= group_prefix then
        return nil
    end
    return string.match(string.sub(set, #group_prefix + 1), '^(.+):[^:]*$')
end

-- Deletes tasks of an aggregation set and their locks, and the set if it has no others. A task that is no longer being
-- aggregated is left alone.
local function drop_members(q, set, sets, ids)
    for _, id in ipairs(ids) do
        local key = q.task_prefix .. id
        if type_of(key) == 'hash' then
            if redis.call('HGET', key, 'state') == 'aggregating' then
                release_lock_of(q, id)
                redis.call('DEL', key)
            end
        end
        redis.call('ZREM', set, id)
    end
    if redis.call('EXISTS', set) == 0 then
        redis.call('ZREM', sets, set)
    end
end
