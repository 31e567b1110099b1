-- KEYS, ARGV: none. Result: local functions. Cost: O(1); of a task without unique_key, O(1) for each field of its message.
-- Frees a uniqueness lock that still holds this id. A name that is no lock of this queue is left alone: it could lie in
-- another cluster slot.
local function release_lock(q, lock, id)
    if lock and string.sub(lock, 1, #q.unique_prefix) == q.unique_prefix
        and type_of(lock) == 'string' and redis.call('GET', lock) == id then
        redis.call('DEL', lock)
    end
end

-- The unique_key of an encoded TaskMessage, its field 10; nil where it has none or cannot be read.
local function lock_in(message)
    local at, size = 1, #message
    -- At most 10 bytes; the numbers of Lua 5.4 overflow on the last of them, so a value can be negative there.
    local function varint()
        local value, scale = 0, 1
        local last = math.min(size, at + 9)
        while at <= last do
            local byte = string.byte(message, at)
            at = at + 1
            if byte < 128 then
                return value + byte * scale
            end
            value, scale = value + (byte - 128) * scale, scale * 128
        end
        return nil
    end
    while at <= size do
        local tag = varint()
        local kind = tag and tag % 8
        if kind == 0 then
            if not varint() then
                return nil
            end
        elseif kind == 2 then
            local length = varint()
            if not length or length < 0 or length > size - at + 1 then
                return nil
            elseif math.floor(tag / 8) == 10 then
                return string.sub(message, at, at + length - 1)
            end
            at = at + length
        elseif kind == 1 then
            at = at + 8
        elseif kind == 5 then
            at = at + 4
        else
            return nil
        end
    end
    return nil
end

-- Frees the lock of a task whose hash is there: by the hash, else by the message, as Go writes no unique_key for the
-- tasks of a group.
local function release_lock_of(q, id)
    local fields = redis.call('HMGET', q.task_prefix .. id, 'unique_key', 'msg')
    release_lock(q, fields[1] or (fields[2] and lock_in(fields[2])), id)
end
