-- A script, because the client library keeps INFO itself for those who may administrate.
-- KEYS: none
-- ARGV: none
-- Result: the node's replication id, 40 digits; empty where it tells none
-- Cost: that of INFO replication
return string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)') or ''
