// Copyright 2026 the HuleEdu authors. MIT license.

/** The brokers of the Kafka to test on. */
export function kafkaBootstrapServers(): string {
  return required("KAFKA_BOOTSTRAP_SERVERS");
}

/** The URL of the Redis to test on. */
export function redisUrl(): string {
  return required("REDIS_URL");
}

/** A name that no other test and no earlier run has used. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${crypto.randomUUID()}`;
}

function required(name: string): string {
  const value = Deno.env.get(name);
  if (value) return value;
  throw new Error(
    `${name} is not set: "deno task test" sets it, and so does ` +
      `eval "$(deno task services up)"`,
  );
}
