// Copyright 2026 the HuleEdu authors. MIT license.

import { positiveInteger } from "./arguments.ts";
import type { RedisConnectionOptions } from "./connection_options.ts";

/**
 * Reads the options of a client from environment variables. Nothing else in
 * this library reads the environment.
 *
 * | variable | option | when unset |
 * | --- | --- | --- |
 * | `REDIS_URL` | `url` | `redis://redis:6379`, as in the Python services |
 * | `SERVICE_NAME` | `clientId` | `unknown` |
 * | `REDIS_COMMAND_TIMEOUT_MS` | `commandTimeoutMs` | the default |
 * | `REDIS_CONNECT_TIMEOUT_MS` | `connectTimeoutMs` | the default |
 *
 * @param env The variables: `Deno.env.toObject()` or `process.env`.
 * @returns Options for `RedisClient` and `RedisPubSub`.
 * @throws {RangeError} If a time-out is not a positive integer.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { redisOptionsFromEnv } from "@huleedu/service-libs/redis";
 *
 * const env = { REDIS_URL: "redis://localhost:6379", SERVICE_NAME: "essays" };
 * assertEquals(redisOptionsFromEnv(env), {
 *   clientId: "essays",
 *   url: "redis://localhost:6379",
 * });
 * ```
 */
export function redisOptionsFromEnv(
  env: Readonly<Record<string, string | undefined>>,
): RedisConnectionOptions {
  const commandTimeoutMs = readMs(env, "REDIS_COMMAND_TIMEOUT_MS");
  const connectTimeoutMs = readMs(env, "REDIS_CONNECT_TIMEOUT_MS");
  return {
    clientId: env.SERVICE_NAME || "unknown",
    url: env.REDIS_URL || "redis://redis:6379",
    ...(commandTimeoutMs === undefined ? {} : { commandTimeoutMs }),
    ...(connectTimeoutMs === undefined ? {} : { connectTimeoutMs }),
  };
}

function readMs(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
): number | undefined {
  const value = env[name];
  if (value === undefined || value === "") return undefined;
  return positiveInteger(name, Number(value));
}
