-- KEYS, ARGV: none. Result: local functions. Cost: O(log N) for a task; O(N) for a pending one that leaves alone.
-- What run, archive and delete have in common. The caller has checked the types of the queue's keys.

-- Takes an id out of a group, and the group's name out of the names where nothing is left. Whether the id was there.
local function leave_group(q, id, group)
    local key = q.group_prefix .. group
    if not fits(key, 'zset') or redis.call('ZREM', key, id) == 0 then
        return false
    end
    if redis.call('ZCARD', key) == 0 then
        redis.call('SREM', q.groups, group)
    end
    return true
end

-- Takes an id out of the place that its hash names. Whether it was there: a task of an aggregation set is in no group.
local function leave(q, id, state, group)
    if state == 'pending' then
        return redis.call('LREM', q.pending, 0, id) > 0
    elseif state == 'aggregating' then
        return group and leave_group(q, id, group) or false
    end
    return redis.call('ZREM', q.prefix .. state, id) > 0
end

-- Reads a task's state and group. nil where there is no such task.
local function state_of(q, id)
    local key = q.task_prefix .. id
    if type_of(key) ~= 'hash' then
        return nil
    end
    local fields = redis.call('HMGET', key, 'state', 'group')
    return fields[1] or '', fields[2]
end

local places = {pending = true, scheduled = true, retry = true, archived = true, completed = true, aggregating = true}

-- Finds a task and takes it out of its place. 0 where that is done, else why not: 1 no such task, 2 active,
-- 3 in the state that is asked for, 4 not where its hash says (it is being aggregated, or its records disagree).
local function take_task(q, id, target)
    local state, group = state_of(q, id)
    if not state then
        return 1
    elseif state == 'active' then
        return 2
    elseif state == target then
        return 3
    elseif not places[state] or not leave(q, id, state, group) then
        return 4
    end
    return 0
end

-- Up to n ids of a list, oldest first, or of a sorted set, lowest score first; they leave it.
local function take_ids(source, n)
    local ids = {}
    if type_of(source) == 'list' then
        local tail = redis.call('LRANGE', source, -n, -1)
        for i = #tail, 1, -1 do
            ids[#ids + 1] = tail[i]
        end
        if #ids > 0 then
            redis.call('LTRIM', source, 0, -#ids - 1)
        end
    else
        ids = redis.call('ZRANGE', source, 0, n - 1)
        if #ids > 0 then
            redis.call('ZREMRANGEBYRANK', source, 0, #ids - 1)
        end
    end
    return ids
end

-- Whether what an id of a place stands for may be moved with it: a task in the place's state, or a key of a wrong type.
-- A task in another state is somewhere else too (perhaps with a worker): the id alone is stale.
local function belongs(q, id, state)
    local kind = type_of(q.task_prefix .. id)
    return kind ~= 'none' and (kind ~= 'hash' or redis.call('HGET', q.task_prefix .. id, 'state') == state)
end

-- Pushes a task that has left its place. One whose key is no hash is pushed as it is: the fetch quarantines it.
local function push_task(q, id)
    local key = q.task_prefix .. id
    redis.call('LPUSH', q.pending, id)
    if type_of(key) == 'hash' then
        redis.call('HSET', key, 'state', 'pending', 'pending_since', q.now_ns)
        redis.call('HDEL', key, 'group', 'due', 'due_group', 'owner', 'cancel', 'reason')
    end
end

-- Archives a task that has left its place. It keeps its lock, and what it was waiting for. The caller trims.
local function bury_task(q, id)
    local key = q.task_prefix .. id
    redis.call('ZADD', q.archived, q.now, id)
    if type_of(key) == 'hash' then
        redis.call('HSET', key, 'state', 'archived')
        redis.call('HDEL', key, 'due', 'due_group', 'owner', 'cancel')
    end
end

-- Deletes a task that has left its place, and its lock.
local function delete_task(q, id)
    local key = q.task_prefix .. id
    if type_of(key) == 'hash' then
        release_lock_of(q, id)
    end
    redis.call('DEL', key)
end
