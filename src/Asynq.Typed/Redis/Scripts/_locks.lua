-- KEYS, ARGV: none. Result: a local function. Cost: O(1).
-- Frees a uniqueness lock that still holds this id. A name that is no lock of this queue is left alone: it could lie in
-- another cluster slot.
local function release_lock(q, lock, id)
    if lock and string.sub(lock, 1, #q.unique_prefix) == q.unique_prefix
        and type_of(lock) == 'string' and redis.call('GET', lock) == id then
        redis.call('DEL', lock)
    end
end
