// Copyright 2026 the HuleEdu authors. MIT license.

import { ServiceError } from "./service_error.ts";

/** Where a server listens. */
export interface Address {
  /** Its host. */
  readonly hostname: string;
  /** Its port. */
  readonly port: number;
}

const DEFAULT_REDIS_PORT = 6379;
const TIMEOUT_MS = 3_000;

/**
 * The brokers that `KAFKA_BOOTSTRAP_SERVERS` names.
 *
 * @throws {ServiceError} If it is not `host:port`, several apart by commas.
 */
export function kafkaAddresses(servers: string): Address[] {
  return servers.split(",").map((each) => {
    const url = `kafka://${each.trim()}`;
    const { hostname, port } = URL.canParse(url)
      ? new URL(url)
      : { hostname: "", port: "" };
    if (hostname && port) return { hostname, port: Number(port) };
    throw new ServiceError(
      "KAFKA_BOOTSTRAP_SERVERS must be host:port, several apart by commas.",
    );
  });
}

/**
 * The server that `REDIS_URL` names.
 *
 * @throws {ServiceError} If it is no `redis://` or `rediss://` URL.
 */
export function redisAddress(url: string): Address {
  const { protocol, hostname, port } = URL.canParse(url)
    ? new URL(url)
    : { protocol: "", hostname: "", port: "" };
  if (/^rediss?:$/.test(protocol) && hostname) {
    return { hostname, port: Number(port || DEFAULT_REDIS_PORT) };
  }
  throw new ServiceError("REDIS_URL must be a redis:// or rediss:// URL.");
}

/**
 * Checks that the servers which the environment names take connections: one
 * broker of the Kafka is enough.
 *
 * @throws {ServiceError} If one cannot be reached, or its name makes no sense.
 */
export async function requireNamedServers(
  named: { readonly kafka?: string; readonly redis?: string },
): Promise<void> {
  const problems = await Promise.all([
    named.kafka && problemOf("Kafka", kafkaAddresses(named.kafka)),
    named.redis && problemOf("Redis", [redisAddress(named.redis)]),
  ]);
  const found = problems.filter(Boolean);
  if (found.length > 0) throw new ServiceError(found.join("\n"));
}

async function problemOf(
  service: "Kafka" | "Redis",
  addresses: readonly Address[],
): Promise<string | undefined> {
  const answers = await Promise.all(addresses.map(answersAt));
  if (answers.includes(true)) return undefined;
  const variable = service === "Kafka"
    ? "KAFKA_BOOTSTRAP_SERVERS"
    : "REDIS_URL";
  const where = addresses.map(({ hostname, port }) => `${hostname}:${port}`);
  return `${service} does not answer at ${where.join(", ")}. Start it, or ` +
    `unset ${variable} to have one started.`;
}

async function answersAt(address: Address): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    using _connection = await Deno.connect({ ...address, signal });
    return true;
  } catch {
    return false;
  }
}
