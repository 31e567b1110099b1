-- KEYS, ARGV: none. Result: a local function. Cost: O(log N), N tasks in the group.
-- Puts a task that fell due into its group. The caller has taken the id from where it was and checked the types.
local function join_group(q, id, group)
    local key = q.task_prefix .. id
    redis.call('ZADD', q.group_prefix .. group, q.now, id)
    redis.call('SADD', q.groups, group)
    redis.call('HSET', key, 'state', 'aggregating', 'group', group)
    redis.call('HDEL', key, 'due_group', 'due', 'pending_since')
end
