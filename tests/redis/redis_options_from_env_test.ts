// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { redisOptionsFromEnv } from "../../redis/mod.ts";

Deno.test("redisOptionsFromEnv() reads what is set", () => {
  assertEquals(
    redisOptionsFromEnv({
      REDIS_URL: "rediss://h:1",
      SERVICE_NAME: "essays",
      REDIS_COMMAND_TIMEOUT_MS: "250",
      REDIS_CONNECT_TIMEOUT_MS: "1000",
    }),
    {
      url: "rediss://h:1",
      clientId: "essays",
      commandTimeoutMs: 250,
      connectTimeoutMs: 1_000,
    },
  );
});

Deno.test("redisOptionsFromEnv() falls back on what the Python services do", () => {
  const expected = { url: "redis://redis:6379", clientId: "unknown" };
  assertEquals(redisOptionsFromEnv({}), expected);
  const empty = {
    REDIS_URL: "",
    SERVICE_NAME: "",
    REDIS_COMMAND_TIMEOUT_MS: "",
  };
  assertEquals(redisOptionsFromEnv(empty), expected);
});

Deno.test("redisOptionsFromEnv() names the variable that is wrong", () => {
  for (const value of ["soon", "-1", "1.5", "0"]) {
    assertThrows(
      () => redisOptionsFromEnv({ REDIS_COMMAND_TIMEOUT_MS: value }),
      RangeError,
      '"REDIS_COMMAND_TIMEOUT_MS" must be a positive integer',
    );
  }
});

Deno.test("redisOptionsFromEnv() reads sentinels, or nodes of a cluster", () => {
  const login = { REDIS_USERNAME: "essays", REDIS_PASSWORD: "pw" };
  assertEquals(
    redisOptionsFromEnv({
      REDIS_URL: "redis://elsewhere",
      REDIS_SENTINELS: "s1:26379, [::1]:26380",
      REDIS_SENTINEL_NAME: "mymaster",
      REDIS_SENTINEL_PASSWORD: "theirs",
      ...login,
    }),
    {
      clientId: "unknown",
      sentinel: {
        sentinels: [{ host: "s1", port: 26379 }, { host: "::1", port: 26380 }],
        name: "mymaster",
        username: "essays",
        password: "pw",
        sentinelPassword: "theirs",
      },
    },
  );
  assertEquals(
    redisOptionsFromEnv({
      REDIS_CLUSTER_NODES: "n1:7000",
      REDIS_TLS: "true",
      ...login,
    }),
    {
      clientId: "unknown",
      cluster: {
        nodes: [{ host: "n1", port: 7000 }],
        username: "essays",
        password: "pw",
        tls: true,
      },
    },
  );
});

Deno.test("redisOptionsFromEnv() refuses addresses that are none, and two ways at once", () => {
  assertThrows(
    () => redisOptionsFromEnv({ REDIS_SENTINELS: "s1" }),
    TypeError,
    '"REDIS_SENTINELS" must be host:port',
  );
  assertThrows(
    () =>
      redisOptionsFromEnv({
        REDIS_SENTINELS: "a:1",
        REDIS_CLUSTER_NODES: "b:1",
      }),
    TypeError,
    "exclude each other",
  );
});
