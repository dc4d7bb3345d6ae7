// Copyright 2026 the HuleEdu authors. MIT license.

import { Script } from "./_script.ts";

/**
 * Sets each key on a condition: four arguments a key, `=` and the value that it
 * must hold or two empty ones where it must not exist, what to set, and the
 * milliseconds to live, or nothing for ever. Answers with 1, 0 or the text of
 * an error that concerns this key alone. A replica has applied none of it.
 */
export const SET_EACH: Script = new Script(
  "once",
  `local replies = {}
local pcall = redis.pcall
for i, key in ipairs(KEYS) do
  local at = 4 * i
  local isNew, ttl = ARGV[at - 3] == '', ARGV[at]
  local reply = not isNew and pcall('GET', key)
  if reply and type(reply) == 'table' then
    replies[i] = reply.err
  elseif not isNew and reply ~= ARGV[at - 2] then
    replies[i] = 0
  else
    if isNew and ttl ~= '' then
      reply = pcall('SET', key, ARGV[at - 1], 'PX', ttl, 'NX')
    elseif isNew then
      reply = pcall('SET', key, ARGV[at - 1], 'NX')
    elseif ttl ~= '' then
      reply = pcall('SET', key, ARGV[at - 1], 'PX', ttl)
    else
      reply = pcall('SET', key, ARGV[at - 1])
    end
    local err = reply and reply.err
    if err and string.find(err, 'READONLY ', 1, true) then return reply end
    replies[i] = err or reply and 1 or 0
  end
end
return replies`,
  "SET",
);

/** Deletes KEYS[1] while it is ARGV[1]. */
export const COMPARE_AND_DELETE: Script = new Script(
  "once",
  `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`,
);

/** Gives KEYS[1] ARGV[2] ms while it is ARGV[1]. */
export const COMPARE_AND_EXPIRE: Script = new Script(
  "safe",
  `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`,
);

/**
 * Claims KEYS[1] for the token ARGV[1] and ARGV[2] ms; the fence is counted in
 * KEYS[2]. Run again after a lost reply, it finds its own token and answers as
 * it did before.
 */
export const CLAIM: Script = new Script(
  "safe",
  `local holder = redis.call('GET', KEYS[1])
if holder == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return tonumber(redis.call('GET', KEYS[2]))
end
if holder then return false end
local fence = redis.call('INCR', KEYS[2])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return fence`,
);
