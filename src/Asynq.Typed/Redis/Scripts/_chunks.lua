-- KEYS, ARGV: none. Result: a local function. Cost: that of the command.
-- Calls a command with a long list of arguments in pieces: unpack fails beyond about 8,000 values. Gives the last answer, if
-- there was anything to call it with.
local unpack = unpack or table.unpack
local function in_chunks(command, key, values)
    local answer
    for first = 1, #values, 1000 do
        answer = redis.call(command, key, unpack(values, first, math.min(first + 999, #values)))
    end
    return answer
end
