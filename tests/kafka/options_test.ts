// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";

import {
  KafkaBus,
  KafkaConsumer,
  kafkaOptionsFromEnv,
} from "../../kafka/mod.ts";

const SERVER = { clientId: "t", bootstrapServers: "127.0.0.1:9092" };

Deno.test("KafkaBus refuses options that are wrong, and names them", () => {
  const cases: ReadonlyArray<readonly [object, string]> = [
    [{ clientId: "" }, "clientId"],
    [{ bootstrapServers: "" }, "bootstrapServers"],
    [{ bootstrapServers: "localhost" }, "bootstrapServers"],
    [{ bootstrapServers: 9092 }, "bootstrapServers"],
    [{ deliveryTimeoutMs: 0 }, "deliveryTimeoutMs"],
    [{ maxQueuedBytes: -1 }, "maxQueuedBytes"],
    [{ maxBatchBytes: 1.5 }, "maxBatchBytes"],
    [{ compression: "zip" }, "compression"],
  ];
  for (const [wrong, name] of cases) {
    const options = { ...SERVER, ...wrong } as never;
    assertThrows(() => new KafkaBus(options), Error, `"${name}"`);
  }
});

Deno.test("KafkaBus never shows a password in what it refuses", () => {
  const error = assertThrows(
    () =>
      new KafkaBus({ ...SERVER, bootstrapServers: "u:hush@localhost:9092" }),
    RangeError,
  );
  assertEquals(error.message.includes("hush"), false);
});

Deno.test("KafkaConsumer refuses options that are wrong, and names them", () => {
  const good = { ...SERVER, groupId: "g", topics: ["a.v1"] };
  const cases: ReadonlyArray<readonly [object, string]> = [
    [{ groupId: "" }, "groupId"],
    [{ topics: [] }, "topics"],
    [{ topics: "a.v1" }, "topics"],
    [{ topics: [""] }, "topics"],
    [{ concurrency: 0 }, "concurrency"],
    [{ retry: { maxAttempts: 0 } }, "retry.maxAttempts"],
    [{ sessionTimeoutMs: 0 }, "sessionTimeoutMs"],
  ];
  for (const [wrong, name] of cases) {
    const options = { ...good, ...wrong } as never;
    assertThrows(() => new KafkaConsumer(options), Error, `"${name}"`);
  }
});

Deno.test("kafkaOptionsFromEnv() has the defaults of the Python services", () => {
  assertEquals(kafkaOptionsFromEnv({}), {
    bootstrapServers: "kafka:9092",
    clientId: "unknown",
  });
});

Deno.test("kafkaOptionsFromEnv() reads TLS and a login", () => {
  assertEquals(
    kafkaOptionsFromEnv({
      KAFKA_BOOTSTRAP_SERVERS: "a:1,b:2",
      KAFKA_CLIENT_ID: "c",
      KAFKA_SSL: "true",
      KAFKA_SASL_MECHANISM: "SCRAM-SHA-512",
      KAFKA_SASL_USERNAME: "u",
      KAFKA_SASL_PASSWORD: "p",
    }),
    {
      bootstrapServers: "a:1,b:2",
      clientId: "c",
      ssl: true,
      sasl: { mechanism: "scram-sha-512", username: "u", password: "p" },
    },
  );
});

Deno.test("kafkaOptionsFromEnv() refuses a login that is not whole", () => {
  assertThrows(
    () => kafkaOptionsFromEnv({ KAFKA_SASL_MECHANISM: "plain" }),
    RangeError,
    "KAFKA_SASL_USERNAME",
  );
  assertThrows(
    () => kafkaOptionsFromEnv({ KAFKA_SASL_MECHANISM: "kerberos" }),
    RangeError,
    "KAFKA_SASL_MECHANISM",
  );
});
