// Copyright 2026 the HuleEdu authors. MIT license.

import type { Link } from "./_link.ts";
import { Script } from "./_script.ts";
import { userChannel } from "./user_channel.ts";
import {
  historyState,
  readHistoryOptions,
  type UserHistoryOptions,
  type UserHistoryState,
} from "./user_history.ts";

/**
 * Gives ARGV[1], an object in JSON without its last brace, the next id, keeps it
 * in the list KEYS[1], the newest ARGV[2] for ARGV[3] ms, and publishes it on
 * ARGV[4]. The ids go on from the newest in the list, so that the two are one.
 */
const KEEP_AND_PUBLISH = new Script(
  "once",
  `local newest = redis.call('LINDEX', KEYS[1], -1)
local series, number
if newest then
  series, number = string.match(newest, ', "id": "(%d+)%-(%d+)"}$')
end
if not series then
  local now = redis.call('TIME')
  series = string.format('%.0f', now[1] * 1000 + math.floor(now[2] / 1000))
  number = 0
end
local id = series .. '-' .. string.format('%.0f', number + 1)
local message = ARGV[1] .. ', "id": "' .. id .. '"}'
redis.call('RPUSH', KEYS[1], message)
redis.call('LTRIM', KEYS[1], -tonumber(ARGV[2]), -1)
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return redis.call('PUBLISH', ARGV[4], message)`,
  "PUBLISH",
);

/** The server's time in ms, and the list KEYS[1]. */
const READ_KEPT = new Script(
  "read",
  `local now = redis.call('TIME')
return {
  string.format('%.0f', now[1] * 1000 + math.floor(now[2] / 1000)),
  redis.call('LRANGE', KEYS[1], 0, -1),
}`,
);

/** What each user was told last, in a list of their own. */
export class RedisUserHistory {
  readonly #link: Link;
  readonly #size: number;
  readonly ttlMs: number;

  constructor(link: Link, options: UserHistoryOptions) {
    const { size, ttlMs } = readHistoryOptions(options);
    this.#link = link;
    this.#size = size;
    this.ttlMs = ttlMs;
  }

  /** Publishes a notification and keeps it, in one step. */
  async publish(userId: string, message: string): Promise<number> {
    const channel = userChannel(userId);
    return await KEEP_AND_PUBLISH.run<number>(
      this.#link,
      [historyKey(channel)],
      [message.slice(0, -1), String(this.#size), String(this.ttlMs), channel],
    );
  }

  /** What is kept for a user. */
  async read(userId: string): Promise<UserHistoryState> {
    const [nowMs, messages] = await READ_KEPT.run<[string, string[]]>(
      this.#link,
      [historyKey(userChannel(userId))],
      [],
    );
    return historyState(messages, Number(nowMs));
  }
}

// The braces keep all keys of a channel on one node of a cluster.
function historyKey(channel: string): string {
  return `{${channel}}:history`;
}
