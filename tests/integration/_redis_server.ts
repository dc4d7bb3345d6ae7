// Copyright 2026 the HuleEdu authors. MIT license.

import type { Logger } from "../../protocols.ts";
import { RedisClient, type RedisClientOptions } from "../../redis/mod.ts";
import { RecordingLogger } from "../../testing/recording_logger.ts";
import { type RunningServer, startRedis } from "../../tools/services/mod.ts";

/** A Redis of one's own, and a client of it. */
export interface OwnRedis extends AsyncDisposable {
  readonly server: RunningServer;
  readonly redis: RedisClient;
  /**
   * Kills the server, and waits until the client knows.
   *
   * @param options How many of its connections have to know; one by default.
   */
  kill(options?: { readonly connections: number }): Promise<void>;
}

/**
 * Starts a Redis that a test may kill, and a client.
 *
 * @param options Options of the client.
 * @param args Arguments of the server.
 */
export async function startOwnRedis(
  options: Partial<RedisClientOptions> = {},
  args: readonly string[] = [],
): Promise<OwnRedis> {
  const server = await startRedis({ args });
  const { logger, warned } = warningLogger();
  const redis = new RedisClient({
    clientId: "t",
    url: `redis://127.0.0.1:${server.port}`,
    logger,
    ...options,
  });
  await redis.start();
  return {
    server,
    redis,
    async kill({ connections } = { connections: 1 }) {
      const lost = warned(connections);
      await server.kill();
      await lost;
    },
    async [Symbol.asyncDispose]() {
      await redis.stop();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Waits until a client of the server is blocked, by BLPOP. */
export async function untilBlocked(redis: RedisClient): Promise<void> {
  const sha = await redis.registerScript(
    "return redis.call('INFO', 'clients')",
  );
  for (let info = ""; !info.includes("blocked_clients:1");) {
    info = String(await redis.executeScript(sha, [], []));
  }
}

/** A logger that tells of its next warnings. */
function warningLogger(): {
  logger: Logger;
  warned: (count: number) => Promise<void>;
} {
  let left = 0;
  let done = () => {};
  const logger = new RecordingLogger();
  const warn = logger.warn.bind(logger);
  logger.warn = (message, fields) => {
    warn(message, fields);
    left -= 1;
    if (left === 0) done();
  };
  const warned = (count: number) => {
    left = count;
    return new Promise<void>((resolve) => done = resolve);
  };
  return { logger, warned };
}
