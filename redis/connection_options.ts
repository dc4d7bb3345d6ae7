// Copyright 2026 the HuleEdu authors. MIT license.

import type { Logger } from "../protocols.ts";
import type { RedisClusterOptions } from "./cluster_options.ts";
import type { RedisSentinelOptions } from "./sentinel_options.ts";
import type { RedisTlsOptions } from "./tls_options.ts";

/**
 * How Redis is reached: one server by its `url`, the master of a group by its
 * `sentinel`s, or a `cluster`. Exactly one of the three is given.
 *
 * In a cluster the keys of a command that takes several, of a script, of a
 * transaction and of `blpop` must be in one slot, which a hash tag sees to:
 * `{essay:1}:text`. Otherwise they reject with `CrossSlotError`, and nothing is
 * sent. `delete` takes any keys, `scanPattern` finds all.
 *
 * A user of an access list needs the commands that are called, and `PING`.
 * `claim`, `compareAnd…` and the idempotency store need `EVAL`, `GET`, `SET`,
 * `DEL`, `INCR` and `PEXPIRE`; transactions `WATCH`, `MULTI`, `EXEC` and
 * `UNWATCH`; the history of users `EVAL`, `LINDEX`, `RPUSH`, `LTRIM`, `LRANGE`,
 * `PEXPIRE`, `TIME` and `PUBLISH`; registered scripts `SCRIPT LOAD`, `EVALSHA`
 * and `EVAL`. A cluster wants `CLUSTER SLOTS`, `CLUSTER NODES` and `ASKING`
 * besides, sentinels `ROLE`. `CLIENT SETNAME` may be refused.
 */
export interface RedisConnectionOptions {
  /** Names the client in messages, logs and `CLIENT LIST`. */
  readonly clientId: string;
  /**
   * `redis://user:password@host:port/database`, or `rediss://` for TLS. User,
   * password and database may be left out; the port is 6379 by default.
   */
  readonly url?: string;
  /** What TLS trusts and shows, with a `rediss://` URL. */
  readonly tls?: RedisTlsOptions;
  /**
   * A group whose master is found by its sentinels, anew for each connection.
   * When the master changes, the connections to the old one are closed within
   * seconds, and what it has refused as a replica is sent to the new one.
   */
  readonly sentinel?: RedisSentinelOptions;
  /** A cluster, whose nodes share the keys. */
  readonly cluster?: RedisClusterOptions;
  /**
   * Milliseconds from a call to its end, retries and reconnects included.
   *
   * @default {5_000}
   */
  readonly commandTimeoutMs?: number;
  /**
   * Milliseconds to open a connection and to log in.
   *
   * @default {5_000}
   */
  readonly connectTimeoutMs?: number;
  /** Hears of connections lost and restored. Nothing is logged by default. */
  readonly logger?: Logger;
}
