-- Lets a paused queue be fetched from again, and wakes its workers if something is pending.
-- KEYS: paused, pending, lock
-- ARGV: wake channel
-- Result: {0, 1 if the queue was paused, else 0}; or {-1, key of the wrong type}, and then nothing is written.
-- Cost: O(1).
--include _types.lua
local wrong = misfit({'string', 'list'})
if wrong then
    return wrong
end
local waiting = redis.call('LLEN', KEYS[2]) > 0
if redis.call('DEL', KEYS[1]) == 0 then
    return {0, 0}
end
if waiting then
    redis.pcall('PUBLISH', ARGV[1], '')
end
return {0, 1}
