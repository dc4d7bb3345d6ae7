// Copyright 2026 the HuleEdu authors. MIT license.

import { note } from "../terminal.ts";
import { portFromEnv } from "./_ports.ts";
import { hasDockerEngine } from "./container.ts";
import { startKafkaContainer, startRedisContainer } from "./docker_services.ts";
import { requireNamedServers } from "./named_servers.ts";
import type { Service } from "./service.ts";
import { ServiceError } from "./service_error.ts";
import { startKafka } from "./start_kafka.ts";
import { startRedis } from "./start_redis.ts";

/** The variables that name the services. */
export interface ServicesEnv {
  /** `host:port` of the brokers, with commas. */
  readonly KAFKA_BOOTSTRAP_SERVERS: string;
  /** `redis://host:port`. */
  readonly REDIS_URL: string;
}

/** A Kafka and a Redis to use; disposing them stops those that we started. */
export interface Services extends AsyncDisposable {
  /** What to set in the environment of those who use them. */
  readonly env: ServicesEnv;
  /** Those that we started. */
  readonly started: readonly Service[];
}

type Progress = (message: string) => void;

/**
 * Finds or starts a Kafka and a Redis: the ones that the environment names,
 * else containers where a Docker engine answers, else programs of this machine.
 * What was started ends with this process, however that ends.
 *
 * @param onProgress Called with what takes long, in words.
 * @throws {ServiceError} If one cannot be had, or one that is named does not
 * answer; none is left running then.
 */
export async function startServices(
  onProgress: Progress = note,
): Promise<Services> {
  const kafkaNamed = Deno.env.get("KAFKA_BOOTSTRAP_SERVERS");
  const redisNamed = Deno.env.get("REDIS_URL");
  const named = {
    ...(kafkaNamed && { kafka: kafkaNamed }),
    ...(redisNamed && { redis: redisNamed }),
  };
  await requireNamedServers(named);
  const docker = (!named.kafka || !named.redis) && await hasDockerEngine();
  onProgress("Starting what the environment does not name …");
  const starts = await Promise.allSettled([
    named.kafka ? undefined : startOne("KAFKA_PORT", docker, onProgress, {
      container: startKafkaContainer,
      native: (port) => startKafka({ ...port, onProgress }),
    }),
    named.redis ? undefined : startOne("REDIS_PORT", docker, onProgress, {
      container: startRedisContainer,
      native: (port) => startRedis({ ...port, onProgress }),
    }),
  ]);
  await using stack = new AsyncDisposableStack();
  const [kafka, redis] = starts.map((start) =>
    start.status === "fulfilled" ? stack.use(start.value) : undefined
  );
  throwFailures(starts);
  const started = [kafka, redis].filter((service) => service !== undefined);
  const owned = stack.move();
  return {
    env: {
      KAFKA_BOOTSTRAP_SERVERS: named.kafka ?? `127.0.0.1:${kafka!.port}`,
      REDIS_URL: named.redis ?? `redis://127.0.0.1:${redis!.port}`,
    },
    started,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function startOne(
  portName: string,
  docker: boolean,
  onProgress: Progress,
  start: {
    readonly container: (port?: number) => Promise<Service>;
    readonly native: (options: { port?: number }) => Promise<Service>;
  },
): Promise<Service> {
  const port = portFromEnv(portName);
  if (docker) {
    try {
      return await start.container(port);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      onProgress(`${error.message}\nTrying without Docker.`);
    }
  }
  return await start.native(port === undefined ? {} : { port });
}

function throwFailures(starts: readonly PromiseSettledResult<unknown>[]): void {
  const reasons = starts.flatMap((start) =>
    start.status === "rejected" ? [start.reason] : []
  );
  const unknown = reasons.find((reason) => !(reason instanceof ServiceError));
  if (unknown) throw unknown;
  if (reasons.length === 0) return;
  throw new ServiceError(reasons.map(({ message }) => message).join("\n"));
}
