// Copyright 2026 the HuleEdu authors. MIT license.

import process from "node:process";

// Whether a benchmark imports this file tells run.ts whether to start services.

/** The brokers of the Kafka to measure on. */
export function kafkaBootstrapServers(): string {
  return required("KAFKA_BOOTSTRAP_SERVERS");
}

/** The URL of the Redis to measure on. */
export function redisUrl(): string {
  return required("REDIS_URL");
}

function required(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`${name} is not set: "deno task bench" sets it`);
}
