-- Writes what a server says of itself, in place of what it said before.
-- KEYS: server, workers, server detail; then, unless they lie in other cluster slots, the indexes: servers, workers
-- ARGV: TTL (s), server info, server detail or '', expiry in the indexes (Unix s), then task id and worker info of each worker
-- Result: {0}; or {-1, key of the wrong type}, and then nothing is written.
-- Cost: O(W + log S), W workers, S servers.
--include _types.lua
--include _chunks.lua
local kinds = {'string', 'hash', 'string', KEYS[4] and 'zset', KEYS[5] and 'zset'}
local wrong = misfit(kinds)
if wrong then
    return wrong
end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[1])
if ARGV[3] == '' then
    redis.call('DEL', KEYS[3])
else
    redis.call('SET', KEYS[3], ARGV[3], 'EX', ARGV[1])
end
redis.call('DEL', KEYS[2])
local workers = {}
for i = 5, #ARGV do
    workers[#workers + 1] = ARGV[i]
end
if #workers > 0 then
    in_chunks('HSET', KEYS[2], workers)
    redis.call('EXPIRE', KEYS[2], ARGV[1])
end
if KEYS[4] then
    redis.call('ZADD', KEYS[4], ARGV[4], KEYS[1])
    redis.call('ZADD', KEYS[5], ARGV[4], KEYS[2])
end
return {0}
