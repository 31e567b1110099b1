-- Writes the entries of a scheduler, in place of those it had before.
-- KEYS: entries
-- ARGV: TTL (s), then the entries
-- Result: {0}; or {-1, key of the wrong type}, and then nothing is written.
-- Cost: O(E), E entries.
--include _types.lua
--include _chunks.lua
local wrong = misfit({'list'})
if wrong then
    return wrong
end
redis.call('DEL', KEYS[1])
local entries = {}
for i = 2, #ARGV do
    entries[#entries + 1] = ARGV[i]
end
if #entries > 0 then
    in_chunks('RPUSH', KEYS[1], entries)
    redis.call('EXPIRE', KEYS[1], ARGV[1])
end
return {0}
