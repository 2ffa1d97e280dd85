"""What recorders write of a target, each one Lua script and so all or nothing. See event_log.py for the keys.

Each may run twice for one call, since a client that lost the answer asks again.
"""

#: What a script gives where another recorder holds the target.
REFUSED = -1

#: A batch that ends so many seconds before the last one tells of a clock that was set back; sources of one watch may
#: differ by less.
_SET_BACK = 5

#: holder, milliseconds
ACQUIRE = f"""
local held = redis.call('get', KEYS[1])
if held and held ~= ARGV[1] then return {REFUSED} end
redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""

#: holder
RELEASE = """
if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end
return 0
"""

#: holder, milliseconds, now, seconds to keep, most of a stream, what tells the batch from others, until, cursor, why
#: something is lost, why a time in which the clock was set back is a hole, how many changes, the changes, the rest.
#:
#: An entry's id is when it was written down. No clock but that of Redis may run ahead, for that would throw away what
#: is not old. Where a clock was set back, ids stay what they were, and what it said before counts no more.
RECORD = f"""
local lease, watched, changes, happenings, holes = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local keep, most, ended = tonumber(ARGV[4]), ARGV[5], tonumber(ARGV[7])
local held = redis.call('get', lease)
if held and held ~= ARGV[1] then return {REFUSED} end
redis.call('set', lease, ARGV[1], 'PX', ARGV[2])
local known = redis.call('hmget', watched, 'batch', 'until', 'kept', 'began')
if known[1] == ARGV[6] then return 0 end

local time = redis.call('time')
local now = math.min(tonumber(ARGV[3]), time[1] + time[2] / 1000000)
local function next_id(stream)
  local last = redis.call('xrevrange', stream, '+', '-', 'COUNT', 1)[1]
  local ms = math.max(math.floor(now * 1000), last and tonumber(string.match(last[1], '%d+')) or 0)
  return string.format('%.0f-*', ms)
end
local function add(stream, id, ...)
  local added = redis.pcall('xadd', stream, id, ...)
  if type(added) == 'table' then redis.call('xadd', stream, '*', ...) end
end
local function hole(since, till, reason)
  local last = redis.call('xrevrange', holes, '+', '-', 'COUNT', 1)[1]
  local id = next_id(holes)
  if last and last[2][4] == since and last[2][6] == reason then
    redis.call('xdel', holes, last[1])
    since = last[2][2]
  end
  add(holes, id, 'since', since, 'until', till, 'reason', reason)
end

if known[2] and ended < known[2] - {_SET_BACK} then
  hole(ARGV[7], known[2], ARGV[10])
elseif known[2] and ARGV[9] ~= '' then
  hole(known[2], ARGV[7], ARGV[9])
end
local ids = {{next_id(changes), next_id(happenings)}}
for place = 12, #ARGV do
  local kind = place < 12 + ARGV[11] and 1 or 2
  add(KEYS[2 + kind], ids[kind], 'event', ARGV[place])
end

local oldest = now - keep
local kept = math.max(tonumber(known[3]) or 0, oldest)
local minid = string.format('%.0f', math.max(0, math.floor(oldest * 1000)))
for _, stream in ipairs({{changes, happenings, holes}}) do
  redis.call('xtrim', stream, 'MINID', minid)
  if redis.call('xtrim', stream, 'MAXLEN', most) > 0 and stream ~= happenings then
    local first = redis.call('xrange', stream, '-', '+', 'COUNT', 1)[1]
    kept = math.max(kept, tonumber(string.match(first[1], '%d+')) / 1000)
  end
end
kept = string.format('%.3f', math.min(kept, now))
redis.call('hset', watched, 'batch', ARGV[6], 'until', ARGV[7], 'cursor', ARGV[8], 'kept', kept)
if not known[4] or ended < tonumber(known[4]) then redis.call('hset', watched, 'began', ARGV[7]) end
redis.call('hdel', watched, 'trouble')
for place = 2, 5 do redis.call('expire', KEYS[place], ARGV[4]) end
return 1
"""
