// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  KafkaConnectionOptions,
  SaslOptions,
} from "./connection_options.ts";

const MECHANISMS: readonly string[] = [
  "plain",
  "scram-sha-256",
  "scram-sha-512",
];

/**
 * Reads connection options from environment variables:
 * `KAFKA_BOOTSTRAP_SERVERS` (`kafka:9092` by default, as the Python services
 * have it), `KAFKA_CLIENT_ID` or else `SERVICE_NAME`, `KAFKA_SSL` (`true`), and
 * for logging in `KAFKA_SASL_MECHANISM` (`plain`, `scram-sha-256` or
 * `scram-sha-512`), `KAFKA_SASL_USERNAME`, `KAFKA_SASL_PASSWORD`.
 *
 * @param env The variables, for example `Deno.env.toObject()` or `process.env`.
 * @returns Options for `KafkaBus` and `KafkaConsumer`.
 * @throws {RangeError} If the mechanism is unknown, or the user name or the
 * password is missing.
 *
 * @example
 * ```ts
 * import { kafkaOptionsFromEnv } from "@huleedu/service-libs/kafka";
 * import { assertEquals } from "@std/assert";
 *
 * const env = { KAFKA_BOOTSTRAP_SERVERS: "k1:9092", SERVICE_NAME: "essays" };
 * assertEquals(kafkaOptionsFromEnv(env), {
 *   bootstrapServers: "k1:9092",
 *   clientId: "essays",
 * });
 * ```
 */
export function kafkaOptionsFromEnv(
  env: Readonly<Record<string, string | undefined>>,
): KafkaConnectionOptions {
  const mechanism = env.KAFKA_SASL_MECHANISM?.toLowerCase();
  return {
    bootstrapServers: env.KAFKA_BOOTSTRAP_SERVERS || "kafka:9092",
    clientId: env.KAFKA_CLIENT_ID || env.SERVICE_NAME || "unknown",
    ...(env.KAFKA_SSL?.toLowerCase() === "true" && { ssl: true }),
    ...(mechanism && { sasl: saslFromEnv(mechanism, env) }),
  };
}

function saslFromEnv(
  mechanism: string,
  env: Readonly<Record<string, string | undefined>>,
): SaslOptions {
  if (!MECHANISMS.includes(mechanism)) {
    throw new RangeError(
      `Cannot read KAFKA_SASL_MECHANISM: must be one of ${
        MECHANISMS.join(", ")
      }`,
    );
  }
  const { KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = env;
  if (!username || !password) {
    throw new RangeError(
      "Cannot log in to Kafka: KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD must be set",
    );
  }
  return {
    mechanism: mechanism as SaslOptions["mechanism"],
    username,
    password,
  };
}
