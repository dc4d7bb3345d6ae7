// Copyright 2026 the HuleEdu authors. MIT license.

import { Script } from "./_script.ts";

/**
 * Sets each key to a value while it is another: three arguments a key, what is
 * expected, what to set, and the milliseconds to live, or 0 for ever. Answers
 * with 1, 0 or an error for each.
 */
export const COMPARE_AND_SET: Script = new Script(
  "once",
  `local replies = {}
for i, key in ipairs(KEYS) do
  local at = 3 * i - 2
  local reply = redis.pcall('GET', key)
  if type(reply) == 'table' then
    replies[i] = reply.err
  elseif reply ~= ARGV[at] then
    replies[i] = 0
  else
    if ARGV[at + 2] == '0' then
      reply = redis.pcall('SET', key, ARGV[at + 1])
    else
      reply = redis.pcall('SET', key, ARGV[at + 1], 'PX', ARGV[at + 2])
    end
    replies[i] = reply.err or 1
  end
end
return replies`,
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
