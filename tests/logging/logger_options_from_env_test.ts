// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import { loggerOptionsFromEnv } from "../../logging/mod.ts";

Deno.test("loggerOptionsFromEnv() reads what is set", () => {
  assertEquals(loggerOptionsFromEnv({}), {});
  assertEquals(
    loggerOptionsFromEnv({ LOG_LEVEL: "", LOG_FORMAT: " ", SERVICE_NAME: "" }),
    {},
  );
  assertEquals(
    loggerOptionsFromEnv({
      LOG_LEVEL: " DEBUG ",
      LOG_FORMAT: "Console",
      SERVICE_NAME: "essays",
      PATH: "/bin",
    }),
    { service: "essays", level: "debug", format: "console" },
  );
});

Deno.test("loggerOptionsFromEnv() takes WARN and WARNING for one", () => {
  for (const name of ["WARN", "warn", "Warning"]) {
    assertEquals(loggerOptionsFromEnv({ LOG_LEVEL: name }), {
      level: "warning",
    });
  }
});

Deno.test("loggerOptionsFromEnv() names the variable that is wrong", () => {
  assertThrows(
    () => loggerOptionsFromEnv({ LOG_LEVEL: "loud" }),
    RangeError,
    'Cannot read "LOG_LEVEL": must be "debug", "info", "warning", "error" or "critical", received "loud"',
  );
  assertThrows(
    () => loggerOptionsFromEnv({ LOG_FORMAT: "xml" }),
    RangeError,
    'Cannot read "LOG_FORMAT": must be "json" or "console", received "xml"',
  );
});
