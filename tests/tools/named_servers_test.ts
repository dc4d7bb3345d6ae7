// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  freePort,
  kafkaAddresses,
  redisAddress,
  requireNamedServers,
  ServiceError,
} from "../../tools/services/mod.ts";

Deno.test("kafkaAddresses() reads several brokers", () => {
  assertEquals(kafkaAddresses("k1:9092, [::1]:9093"), [
    { hostname: "k1", port: 9092 },
    { hostname: "[::1]", port: 9093 },
  ]);
  for (const wrong of ["nonsense", "k1:9092,", "k1:http"]) {
    assertThrows(
      () => kafkaAddresses(wrong),
      ServiceError,
      "KAFKA_BOOTSTRAP_SERVERS must be host:port",
    );
  }
});

Deno.test("redisAddress() knows the default port, and Redis URLs only", () => {
  assertEquals(redisAddress("rediss://u:p@r1/2"), {
    hostname: "r1",
    port: 6379,
  });
  for (const wrong of ["r1:6379", "http://r1"]) {
    assertThrows(() => redisAddress(wrong), ServiceError, "REDIS_URL must be");
  }
});

Deno.test("requireNamedServers() says which server does not answer", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const dead = `127.0.0.1:${freePort()}`;
  const kafka = `${dead},127.0.0.1:${listener.addr.port}`;
  await requireNamedServers({ kafka });
  const error = await assertRejects(
    () => requireNamedServers({ kafka, redis: `redis://${dead}` }),
    ServiceError,
  );
  assertEquals(
    error.message,
    `Redis does not answer at ${dead}. Start it, or unset REDIS_URL to have one started.`,
  );
});
