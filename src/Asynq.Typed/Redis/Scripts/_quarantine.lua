-- KEYS, ARGV: none. Result: a local function. Cost: O(log N), N archived tasks, and that of trimming the archive.
-- Archives a task that cannot be read: msg stays as it is, reason says why, it counts as failed, its lock is freed.
-- The caller has taken the id from where it was.
local function quarantine(q, id, reason)
    local key = q.task_prefix .. id
    if type_of(key) == 'hash' then
        release_lock(q, redis.call('HGET', key, 'unique_key'), id)
        redis.call('HSET', key, 'state', 'archived', 'reason', reason)
        redis.call('HDEL', key, 'owner', 'cancel', 'due', 'due_group', 'pending_since')
    end
    redis.call('ZADD', q.archived, q.now, id)
    count(q.processed, q.processed_day, q.day_expiry)
    count(q.failed, q.failed_day, q.day_expiry)
    trim_archive(q)
end
