-- KEYS, ARGV: none. Result: local functions. Cost: O(n log N) for n tasks deleted from an archive of N.
-- Deletes archived tasks, their hashes and their locks.
local function forget_archived(q, ids)
    for _, id in ipairs(ids) do
        local key = q.task_prefix .. id
        if type_of(key) ~= 'hash' then
            redis.call('DEL', key)
        else
            if redis.call('HGET', key, 'state') == 'archived' then
                release_lock_of(q, id)
                redis.call('DEL', key)
            end
        end
        redis.call('ZREM', q.archived, id)
    end
end

-- Holds the archive to its limits: q.archive_limit tasks, none dead since q.archive_cutoff (Unix seconds) or earlier.
local function trim_archive(q)
    repeat
        local old = redis.call('ZRANGEBYSCORE', q.archived, '-inf', q.archive_cutoff, 'LIMIT', '0', '500')
        forget_archived(q, old)
    until #old < 500
    local excess = redis.call('ZCARD', q.archived) - tonumber(q.archive_limit)
    while excess > 0 do
        local oldest = redis.call('ZRANGE', q.archived, 0, math.min(excess, 500) - 1)
        forget_archived(q, oldest)
        excess = excess - #oldest
    end
end
