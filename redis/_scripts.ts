// Copyright 2026 the HuleEdu authors. MIT license.

import { Script } from "./_script.ts";

/**
 * A server that has become a replica would still answer from what it holds.
 * This asks it for a write that changes nothing, and gives its refusal.
 */
const DEMOTED = `local function demoted(key, value)
  local reply = redis.pcall('SET', key, '', value and 'NX' or 'XX')
  local err = reply and reply.err
  if err and string.find(err, 'READONLY ', 1, true) then return reply end
end
`;

/**
 * Replaces the value of each key that holds what it is expected to: three
 * arguments a key, that value, the new one, and the milliseconds to live, or
 * nothing for ever. Answers with 1, 0 or the text of an error that concerns this
 * key alone. A replica has applied none of it.
 */
export const COMPARE_AND_SET_EACH: Script = new Script(
  "once",
  `${DEMOTED}local replies = {}
local pcall = redis.pcall
for i, key in ipairs(KEYS) do
  local at = 3 * i
  local reply, ttl = pcall('GET', key), ARGV[at]
  if type(reply) == 'table' then
    replies[i] = reply.err
  elseif reply ~= ARGV[at - 2] then
    local refusal = demoted(key, reply)
    if refusal then return refusal end
    replies[i] = 0
  else
    if ttl ~= '' then
      reply = pcall('SET', key, ARGV[at - 1], 'PX', ttl)
    else
      reply = pcall('SET', key, ARGV[at - 1])
    end
    local err = reply.err
    if err and string.find(err, 'READONLY ', 1, true) then return reply end
    replies[i] = err or 1
  end
end
return replies`,
  "SET",
);

/** Deletes KEYS[1] while it is ARGV[1]. */
export const COMPARE_AND_DELETE: Script = new Script(
  "once",
  `${DEMOTED}local value = redis.call('GET', KEYS[1])
if value ~= ARGV[1] then return demoted(KEYS[1], value) or 0 end
return redis.call('DEL', KEYS[1])`,
);

/** Gives KEYS[1] ARGV[2] ms while it is ARGV[1]. */
export const COMPARE_AND_EXPIRE: Script = new Script(
  "safe",
  `${DEMOTED}local value = redis.call('GET', KEYS[1])
if value ~= ARGV[1] then return demoted(KEYS[1], value) or 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`,
);

/**
 * Claims KEYS[1] for the token ARGV[1] and ARGV[2] ms; the fence is counted in
 * KEYS[2]. Run again after a lost reply, it finds its own token and answers as
 * it did before.
 */
export const CLAIM: Script = new Script(
  "safe",
  `${DEMOTED}local holder = redis.call('GET', KEYS[1])
if holder == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return tonumber(redis.call('GET', KEYS[2]))
end
if holder then return demoted(KEYS[1], holder) or false end
local fence = redis.call('INCR', KEYS[2])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return fence`,
);
