-- KEYS, ARGV: none. Result: a local function. Cost: O(1); O(n) where the total comes near int64's maximum.
-- Counts n in a total, which restarts at 1 behind int64's maximum, and in a figure of the day, which expires.
-- A counter that holds no number must not keep a task from its next state: hence pcall.
local function count(total, day, expiry, n)
    n = n or 1
    local value = redis.pcall('GET', total)
    local step = type(value) == 'string' and #value >= 19 and 1 or n
    for _ = 1, n, step do
        if value == '9223372036854775807' then
            redis.call('SET', total, '1')
        else
            redis.pcall('INCRBY', total, string.format('%.0f', step))
        end
        if step < n then
            value = redis.pcall('GET', total)
        end
    end
    if redis.pcall('INCRBY', day, string.format('%.0f', n)) == n then
        redis.call('EXPIREAT', day, expiry)
    end
end
