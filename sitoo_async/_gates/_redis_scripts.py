"""What a Redis gate does on the server: four Lua scripts, each of them one indivisible step.

All keys of a gate key begin with ``sitoo:{…}:``, so that they share a slot of a cluster, and end
by themselves:

- ``state``, a hash: ``holder`` (a token; empty: nobody; ``?``: somebody whom the server may have
  forgotten), ``ends`` (of its lease), ``lease``, ``claimed`` (it knows that it holds the right),
  ``abandoned`` (a holder before it was lost), ``hold`` (until when the key is not to be used) and
  ``server`` (the run of the server that wrote all this). Moments are milliseconds of its clock.
- ``queue``, a list: the tokens of those who wait, first come first.
- ``waiter:token``: ``here`` for as long as the waiter asks now and then, ``gone`` after it left or
  gave the right back: what it said before and what comes late is not heard any more.
- ``turn:token``, a list: the bell that wakes the waiter whose turn it is.

Every script gets the state and the queue as keys; the prefix, the token and the lease as arguments.
The keys of the waiter that comes next can't be named beforehand; they are in the same slot.
"""

from __future__ import annotations

from typing import Final

__all__ = ["ASK", "LEAVE", "LONGEST_LEASE", "RELEASE", "RENEW"]

LONGEST_LEASE: Final = 600.0
"""Seconds beyond which no lease makes sense: by then Sitoo's slot is over in any case."""

_BEGINNING: Final = """
local state, queue = KEYS[1], KEYS[2]
local prefix, token, lease = ARGV[1], ARGV[2], tonumber(ARGV[3])
local waiter, turn = prefix .. 'waiter:' .. token, prefix .. 'turn:' .. token
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- An ACL may forbid INFO, to this user or to that: then a restart can't be told.
local server, uptime = '', math.huge
local info = redis.pcall('INFO', 'server')
if type(info) == 'string' then
  server = string.match(info, 'run_id:(%w+)') or ''
  -- The difference of two clocks that show whole seconds: it may be one too many.
  uptime = 1000 * ((tonumber(string.match(info, 'uptime_in_seconds:(%d+)')) or 0) - 1)
end

-- What is stored may be anything: Lua reads 'nan' and 'inf' as numbers.
local function number(text, least, most)
  local value = tonumber(text)
  if value and value >= least and value <= most then return value end
end

local fields = redis.call(
  'HMGET', state, 'holder', 'ends', 'lease', 'claimed', 'abandoned', 'hold', 'server'
)
local known = fields[1] ~= false
local holder = fields[1] or ''
-- The clock may have been set back meanwhile: no lease and no hold is longer than these.
local holders_lease = number(fields[3], 1, LONGEST_LEASE) or lease
local ends = number(fields[2], -math.huge, now + holders_lease) or now + holders_lease
local claimed = fields[4] == '1'
local abandoned = fields[5] == '1'
local hold = (number(fields[6], now, now + 660000) or now) - now

-- A server that was started since, or that took over from another, may have lost what was written
-- last: for one lease the right is nobody's but that holder's, who renews meanwhile if it lives.
local forgetful = uptime < lease
if known then forgetful = server ~= '' and fields[7] ~= '' and fields[7] ~= server end
if forgetful then
  holder, claimed, holders_lease = '?', true, math.max(lease, holders_lease)
  ends = now + holders_lease
end

local function grant(to, knows)
  holder, claimed, holders_lease, ends = to, knows, lease, now + lease
end

local function save()
  redis.call(
    'HSET', state, 'holder', holder, 'ends', ends, 'lease', holders_lease,
    'claimed', claimed and 1 or 0, 'abandoned', abandoned and 1 or 0, 'hold', now + hold,
    'server', server
  )
  redis.call('PEXPIRE', state, math.max(700000, 2 * lease))
end

local function leave()
  redis.call('SET', waiter, 'gone', 'PX', 2 * lease)
end

local function pass_on()
  holder, claimed = '', false
  local first = redis.call('LPOP', queue)
  while first do
    if redis.call('GET', prefix .. 'waiter:' .. first) == 'here' then
      grant(first, false)
      redis.call('RPUSH', prefix .. 'turn:' .. first, 1)
      redis.call('PEXPIRE', prefix .. 'turn:' .. first, 2 * lease)
      return
    end
    first = redis.call('LPOP', queue)
  end
end
""".replace("LONGEST_LEASE", f"{1000 * LONGEST_LEASE:.0f}")

ASK: Final = (
    _BEGINNING
    + """
-- A question that was overtaken by its own withdrawal, or by the release.
if redis.call('GET', waiter) == 'gone' then return {0, 0, 0, lease} end

local function stand_in_line()
  redis.call('SET', waiter, 'here', 'PX', math.ceil(1.5 * lease))
  if not redis.call('LPOS', queue, token) then redis.call('RPUSH', queue, token) end
  redis.call('PEXPIRE', queue, math.max(700000, 2 * lease))
end

if holder ~= '' and now >= ends then
  -- Who was given the right but never claimed it has sent nothing.
  if claimed then abandoned = true end
  holder, claimed = '', false
end
if holder == '' and redis.call('EXISTS', queue) == 1 then
  stand_in_line()
  pass_on()
end
if holder == '' or holder == token then
  grant(token, true)
  redis.call('DEL', waiter, turn)
  save()
  return {1, hold, abandoned and 1 or 0, 0}
end
stand_in_line()
save()
-- Whoever asks for a shorter lease than the holder's has to show more often that it is here.
return {0, 0, 0, math.min(ends - now, lease)}
"""
)
"""Ask for the right, again and again with one token, until it is granted.

Returns:
    granted (1 or 0), milliseconds left of the hold, abandoned (1 or 0), and when not granted the
    milliseconds after which to ask again, since the holder's lease may have ended.
"""

_OURS: Final = """
-- ARGV[4]: whether the caller's own clock says that the lease is not over, so that nobody can have
-- had the right meanwhile, even where the server has forgotten whose it was.
local ours = holder == token or (ARGV[4] == '1' and (holder == '?' or not known))
"""

RENEW: Final = (
    _BEGINNING
    + _OURS
    + """
if ours then
  grant(token, true)
  save()
end
return {ours and 1 or 0}
"""
)
"""Begin the lease anew, if the right is still the token's. Returns whether it is."""

RELEASE: Final = (
    _BEGINNING
    + _OURS
    + """
-- The answer to the first time may have been lost.
if redis.call('GET', waiter) == 'gone' then return {1} end

-- What the key has to be spared is true whoever holds it by now.
hold = math.max(hold, tonumber(ARGV[5]))
if ours then
  leave()
  abandoned = false
  pass_on()
end
save()
return {ours and 1 or 0}
"""
)
"""Give the right to whoever waits first; ARGV[5]: milliseconds of hold.

Returns:
    whether it still was the token's to give.
"""

LEAVE: Final = (
    _BEGINNING
    + """
redis.call('LREM', queue, 0, token)
redis.call('DEL', turn)
leave()
if holder == token then
  pass_on()
  save()
end
return {0}
"""
)
"""Ask no longer; what was granted meanwhile is passed on, and so is what the holder before left."""
