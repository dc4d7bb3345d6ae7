// Copyright 2026 the HuleEdu authors. MIT license.

import { freePort } from "./_ports.ts";
import { waitUntilReady } from "./_ready.ts";
import { askRedis } from "./ask_redis.ts";
import type { RunningServer } from "./native_server.ts";
import { startRedis } from "./start_redis.ts";

/** Options of {@linkcode startRedisSentinel}. */
export interface StartRedisSentinelOptions {
  /**
   * Replicas of the master.
   *
   * @default {1}
   */
  readonly replicas?: number;
  /** Arguments of the master and its replicas. */
  readonly args?: readonly string[];
  /** Called with what takes long, in words. */
  readonly onProgress?: (message: string) => void;
}

/** A master with replicas, and the sentinels that watch over them. */
export interface RedisSentinelGroup extends AsyncDisposable {
  /** The name by which the sentinels know the master. */
  readonly name: string;
  /** The servers; the first is the master at first. */
  readonly servers: readonly RunningServer[];
  /** Three sentinels, of which two decide. */
  readonly sentinels: readonly RunningServer[];
}

const NAME = "essays";
const SENTINELS = 3;
const TIMEOUT_MS = 20_000;

/**
 * Starts a master, its replicas and three sentinels on loopback, and waits until
 * they know each other. A master that is gone is replaced after half a second.
 *
 * @throws {ServiceError} If there is no `redis-server`, or one does not start.
 */
export async function startRedisSentinel(
  options: StartRedisSentinelOptions = {},
): Promise<RedisSentinelGroup> {
  const { replicas = 1, args = [], onProgress = () => {} } = options;
  await using started = new AsyncDisposableStack();
  const start = async (...more: string[]) =>
    started.use(
      await startRedis({
        args: [...args, "--repl-diskless-sync-delay", "0", ...more],
        onProgress,
      }),
    );
  const master = await start();
  const of = ["--replicaof", `127.0.0.1 ${master.port}`];
  const servers = [master];
  for (let i = 0; i < replicas; i++) servers.push(await start(...of));
  const sentinels: RunningServer[] = [];
  for (let i = 0; i < SENTINELS; i++) {
    const sentinel = await startRedis({
      port: freePort(),
      args: ["--sentinel"],
      config: sentinelConfig(master.port),
      onProgress,
    });
    sentinels.push(started.use(sentinel));
  }
  for (const { port } of sentinels) {
    await waitUntilReady({
      service: "Redis Sentinel",
      probe: () => knowsAll(port, replicas),
      hasEnded: () => false,
      readLog: () => Promise.resolve("(see the folder of the sentinel)"),
      timeoutMs: TIMEOUT_MS,
    });
  }
  const owned = started.move();
  return {
    name: NAME,
    servers,
    sentinels,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function sentinelConfig(port: number): string {
  return [
    `sentinel monitor ${NAME} 127.0.0.1 ${port} 2`,
    `sentinel down-after-milliseconds ${NAME} 500`,
    `sentinel failover-timeout ${NAME} 5000`,
    "",
  ].join("\n");
}

/** Whether a sentinel has found the replicas and the other sentinels. */
async function knowsAll(port: number, replicas: number): Promise<boolean> {
  const state = await askRedis(port, "SENTINEL", "MASTER", NAME);
  return state.includes(`num-other-sentinels\r\n$1\r\n${SENTINELS - 1}\r\n`) &&
    state.includes(
      `num-slaves\r\n$${String(replicas).length}\r\n${replicas}\r\n`,
    );
}
