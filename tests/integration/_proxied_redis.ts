// Copyright 2026 the HuleEdu authors. MIT license.

import { RedisClient, type RedisClientOptions } from "../../redis/mod.ts";
import { FaultProxy, type RespCommand } from "../../testing/mod.ts";
import { redisUrl } from "./_services.ts";

/** Puts a proxy before the Redis to test on, or before another. */
export async function proxyRedis(
  url: string = redisUrl(),
): Promise<FaultProxy<"resp">> {
  const { hostname, port } = new URL(url);
  return await FaultProxy.connect({
    host: hostname,
    port: Number(port || "6379"),
    framing: "resp",
  });
}

/** The URL by which a client comes through the proxy. */
export function urlThrough({ port }: { readonly port: number }): string {
  return `redis://127.0.0.1:${port}`;
}

/** Connects a client through the proxy. */
export async function connectThrough(
  proxy: { readonly port: number },
  options: Partial<RedisClientOptions> = {},
): Promise<RedisClient> {
  const url = urlThrough(proxy);
  return await RedisClient.connect({ clientId: "t", url, ...options });
}

/** Matches a command by its name. */
export function called(name: string): (command: RespCommand) => boolean {
  return (command) => command.name === name;
}

/** Matches a command on a key, whatever its name. */
export function naming(key: string): (command: RespCommand) => boolean {
  return ({ args }) => args.some((arg) => arg.includes(key));
}
