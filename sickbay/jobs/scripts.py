"""The changes of a job's state, each one Lua script and so all or nothing. See queue.py for the keys.

Every script gets the same keys (job, deadlines, owed, syncs, workers) and begins with the same arguments (the job's
id, when to send again what it owes), then its own. It gives REFUSED where the change does not apply any more, else
whether a sync message must be sent. Each may run twice for one call, since a client that lost the answer asks again.
"""

#: What a script gives when it changed nothing.
REFUSED = -1

#: Seconds until a message that nobody saw to is sent again. Longer than a message waits for its turn at Slack's limits.
RESEND_AFTER = 60

_BEGIN = f"""
local job, deadlines, owed, syncs, workers = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local id, again = ARGV[1], ARGV[2]
local state = redis.call('hget', job, 'state')
local final = state == 'done' or state == 'failed' or state == 'cancelled'
local function changed()
  redis.call('zadd', owed, again, 'sync ' .. id)
  return redis.call('set', syncs, 1, 'NX', 'EX', {RESEND_AFTER}) and 1 or 0
end
"""

#: job, seconds to keep it, deadline. A job that still waits is accepted again, so that its message is sent for sure.
CREATE = (
    _BEGIN
    + """
if state then return state == 'queued' and 0 or -1 end
redis.call('hset', job, 'job', ARGV[3], 'state', 'queued')
redis.call('expire', job, ARGV[4])
redis.call('zadd', deadlines, ARGV[5], id)
redis.call('zadd', owed, again, 'diagnose ' .. id)
return changed()
"""
)

#: worker, take, steps, moment, since when a beat counts. Refused while a living worker runs the job in another take.
START = (
    _BEGIN
    + """
if final or not state then return -1 end
local held, take = redis.call('hmget', job, 'worker', 'take'), ARGV[4]
if state == 'running' and held[2] ~= take then
  local beat = redis.call('zscore', workers, held[1] or '')
  if beat and tonumber(beat) >= tonumber(ARGV[7]) then return -1 end
end
if held[2] ~= take then redis.call('hincrby', job, 'attempt', 1) end
redis.call('hset', job, 'state', 'running', 'worker', ARGV[3], 'take', take, 'steps', ARGV[5], 'step', '')
redis.call('hsetnx', job, 'started_at', ARGV[6])
return changed()
"""
)

#: take. Only the take that runs the job may give it back, and only lost workers count as attempts.
RELEASE = (
    _BEGIN
    + """
if final or redis.call('hget', job, 'take') ~= ARGV[3] then return -1 end
if state == 'running' then
  redis.call('hincrby', job, 'attempt', -1)
  redis.call('hset', job, 'state', 'queued', 'step', '')
end
redis.call('zadd', owed, again, 'diagnose ' .. id)
return changed()
"""
)

#: step
STEP = (
    _BEGIN
    + """
if state ~= 'running' then return -1 end
redis.call('hset', job, 'step', ARGV[3])
return changed()
"""
)

#: state, moment, field, value, seconds to keep it. The end does not wait for a sync that waits only to show a step.
END = (
    _BEGIN
    + """
if final or not state then return -1 end
redis.call('hset', job, 'state', ARGV[3], 'ended_at', ARGV[4], ARGV[5], ARGV[6])
redis.call('expire', job, ARGV[7])
redis.call('zrem', deadlines, id)
redis.call('zrem', owed, 'diagnose ' .. id)
local tell = changed()
if redis.call('get', syncs) == 'step' then
  redis.call('set', syncs, 1, 'XX', 'KEEPTTL')
  return 1
end
return tell
"""
)

BEGIN_SYNC = (
    _BEGIN
    + """
redis.call('del', syncs)
return redis.call('zadd', owed, 'XX', again, 'sync ' .. id)
"""
)

#: for what it waits: `step` where the end of the job need not wait with it
POSTPONE_SYNC = (
    _BEGIN
    + f"""
redis.call('set', syncs, ARGV[3], 'EX', {RESEND_AFTER})
return redis.call('zadd', owed, 'XX', again, 'sync ' .. id)
"""
)

#: What changed since the sync began has asked for another, which is owed still.
END_SYNC = (
    _BEGIN
    + """
if redis.call('exists', syncs) == 1 then return 0 end
return redis.call('zrem', owed, 'sync ' .. id)
"""
)
