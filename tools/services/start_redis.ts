// Copyright 2026 the HuleEdu authors. MIT license.

import { freePort, requireFreePort } from "./_ports.ts";
import { requireRedis } from "./_programs.ts";
import { answersPing } from "./_redis_probe.ts";
import { NativeServer, type RunningServer } from "./native_server.ts";

/** Options of {@linkcode startRedis}. */
export interface StartRedisOptions {
  /** The port; a free one by default. */
  readonly port?: number;
  /** Arguments of `redis-server`, after ours, such as `["--maxclients", "9"]`. */
  readonly args?: readonly string[];
  /**
   * The text of a config file, which sentinels and cluster nodes need. It is
   * read before the arguments.
   */
  readonly config?: string;
  /** Called with what takes long, in words. */
  readonly onProgress?: (message: string) => void;
}

/**
 * Starts a Redis of our own on loopback, without persistence, in a temporary
 * folder that goes with it.
 *
 * @throws {ServiceError} If there is no `redis-server`, or it does not start.
 */
export async function startRedis(
  options: StartRedisOptions = {},
): Promise<RunningServer> {
  const { args = [], config = "" } = options;
  const port = options.port ?? freePort();
  requireFreePort(port, "Redis");
  const program = await requireRedis(options.onProgress);
  const folder = await Deno.makeTempDir({ prefix: "service-libs-redis-" });
  const file = `${folder}/redis.conf`;
  await Deno.writeTextFile(file, config);
  const command = [
    program,
    file,
    ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder],
    ...["--save", "", "--appendonly", "no"],
    ...args,
  ];
  return await NativeServer.start({
    service: "Redis",
    command,
    port,
    folder,
    probe: () => answersPing(port),
    timeoutMs: 10_000,
  });
}
