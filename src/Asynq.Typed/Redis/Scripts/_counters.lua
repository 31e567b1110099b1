-- KEYS, ARGV: none. Result: a local function. Cost: O(1).
-- Counts one in a total, which restarts at 1 behind int64's maximum, and in a figure of the day, which expires.
-- A counter that holds no number must not keep a task from its next state: hence pcall.
local function count(total, day, expiry)
    if redis.pcall('GET', total) == '9223372036854775807' then
        redis.call('SET', total, '1')
    else
        redis.pcall('INCR', total)
    end
    if redis.pcall('INCR', day) == 1 then
        redis.call('EXPIREAT', day, expiry)
    end
end
