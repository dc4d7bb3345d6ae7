// Copyright 2026 the HuleEdu authors. MIT license.

import { positiveInteger } from "./arguments.ts";
import type { RedisConnectionOptions } from "./connection_options.ts";
import type { RedisServerAddress } from "./server_address.ts";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads the options of a client from environment variables. Nothing else in
 * this library reads the environment.
 *
 * | variable | option | when unset |
 * | --- | --- | --- |
 * | `REDIS_URL` | `url` | `redis://redis:6379`, as in the Python services |
 * | `REDIS_SENTINELS`, `REDIS_SENTINEL_NAME` | `sentinel`: `host:port`, several apart by commas, and the master's name | none |
 * | `REDIS_CLUSTER_NODES` | `cluster`: `host:port`, several apart by commas | none |
 * | `REDIS_USERNAME`, `REDIS_PASSWORD` | the login of the master, or of all nodes | none |
 * | `REDIS_SENTINEL_USERNAME`, `REDIS_SENTINEL_PASSWORD` | the login of the sentinels | none |
 * | `REDIS_TLS` | `tls` of `sentinel` or `cluster`, when it is `true` | in clear |
 * | `SERVICE_NAME` | `clientId` | `unknown` |
 * | `REDIS_COMMAND_TIMEOUT_MS` | `commandTimeoutMs` | the default |
 * | `REDIS_CONNECT_TIMEOUT_MS` | `connectTimeoutMs` | the default |
 *
 * `REDIS_SENTINELS` and `REDIS_CLUSTER_NODES` go before `REDIS_URL`. With a URL the
 * login is in it.
 *
 * @param env The variables: `Deno.env.toObject()` or `process.env`.
 * @returns Options for `RedisClient` and `RedisPubSub`.
 * @throws {RangeError} If a time-out is not a positive integer.
 * @throws {TypeError} If an address is not `host:port`, or both sentinels and nodes
 * of a cluster are named.
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
    ...readServer(env),
    ...(commandTimeoutMs === undefined ? {} : { commandTimeoutMs }),
    ...(connectTimeoutMs === undefined ? {} : { connectTimeoutMs }),
  };
}

function readServer(
  env: Env,
): Pick<RedisConnectionOptions, "url" | "sentinel" | "cluster"> {
  const { REDIS_SENTINELS: sentinels, REDIS_CLUSTER_NODES: nodes } = env;
  const common = {
    ...(env.REDIS_USERNAME && { username: env.REDIS_USERNAME }),
    ...(env.REDIS_PASSWORD && { password: env.REDIS_PASSWORD }),
    ...(env.REDIS_TLS?.toLowerCase() === "true" && { tls: true }),
  };
  if (sentinels && nodes) {
    throw new TypeError(
      '"REDIS_SENTINELS" and "REDIS_CLUSTER_NODES" exclude each other',
    );
  }
  if (nodes) {
    return {
      cluster: {
        nodes: readAddresses("REDIS_CLUSTER_NODES", nodes),
        ...common,
      },
    };
  }
  if (!sentinels) return { url: env.REDIS_URL || "redis://redis:6379" };
  const username = env.REDIS_SENTINEL_USERNAME;
  const password = env.REDIS_SENTINEL_PASSWORD;
  return {
    sentinel: {
      sentinels: readAddresses("REDIS_SENTINELS", sentinels),
      name: env.REDIS_SENTINEL_NAME ?? "",
      ...common,
      ...(username && { sentinelUsername: username }),
      ...(password && { sentinelPassword: password }),
    },
  };
}

function readAddresses(name: string, list: string): RedisServerAddress[] {
  return list.split(",").map((each) => {
    const parts = /^(?:\[(.+)\]|([^:]+)):(\d{1,5})$/.exec(each.trim());
    const host = parts?.[1] ?? parts?.[2];
    if (host !== undefined) return { host, port: Number(parts?.[3]) };
    throw new TypeError(
      `"${name}" must be host:port, several apart by commas`,
    );
  });
}

function readMs(
  env: Env,
  name: string,
): number | undefined {
  const value = env[name];
  if (value === undefined || value === "") return undefined;
  return positiveInteger(name, Number(value));
}
