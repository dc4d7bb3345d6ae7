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

Deno.test("loggerOptionsFromEnv() reads what the Python services read of files", () => {
  assertEquals(loggerOptionsFromEnv({ LOG_FILE_PATH: "/tmp/x.log" }), {});
  assertEquals(loggerOptionsFromEnv({ LOG_TO_FILE: "Yes" }), {
    file: { path: "/app/logs/unknown.log" },
  });
  assertEquals(
    loggerOptionsFromEnv({
      SERVICE_NAME: "essays",
      LOG_TO_FILE: "1",
      LOG_MAX_BYTES: "1000",
      LOG_BACKUP_COUNT: "0",
    }),
    {
      service: "essays",
      file: { path: "/app/logs/essays.log", maxBytes: 1000, maxFiles: 0 },
    },
  );
  assertThrows(
    () => loggerOptionsFromEnv({ LOG_TO_FILE: "1", LOG_MAX_BYTES: "1e3" }),
    RangeError,
    'Cannot read "LOG_MAX_BYTES"',
  );
});
