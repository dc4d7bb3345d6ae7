// Copyright 2026 the HuleEdu authors. MIT license.

import type { Logger } from "../protocols.ts";

/** How a Redis server is reached. */
export interface RedisConnectionOptions {
  /** Names the client in messages, logs and `CLIENT LIST`. */
  readonly clientId: string;
  /**
   * `redis://user:password@host:port/database`, or `rediss://` for TLS. User,
   * password and database may be left out; the port is 6379 by default.
   */
  readonly url: string;
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
