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
