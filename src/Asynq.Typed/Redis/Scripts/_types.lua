-- KEYS, ARGV: those of the script that includes it. Result: local functions. Cost: O(1) for each key.
-- The type of a key: none, string, list, set, zset, hash.
local function type_of(key)
    local reply = redis.call('TYPE', key)
    return type(reply) == 'table' and reply.ok or reply
end

-- Whether a key can be used as the given type: it has it, or does not exist.
local function fits(key, kind)
    local actual = type_of(key)
    return actual == 'none' or actual == kind
end

-- Checks KEYS against a list of types. The answer is nil, or what the script must return before it writes anything:
-- {-1, key of the wrong type}.
local function misfit(kinds)
    for i, kind in ipairs(kinds) do
        if not fits(KEYS[i], kind) then
            return {-1, KEYS[i]}
        end
    end
    return nil
end
