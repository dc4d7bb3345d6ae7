// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";
import * as logging from "../../logging/mod.ts";

Deno.test("logging/mod.ts exports exactly the public symbols", () => {
  assertEquals(Object.keys(logging).sort(), [
    "FileHandler",
    "LineHandler",
    "SamplingHandler",
    "adoptStdLogger",
    "configureLogging",
    "createServiceLogger",
    "isSecretKey",
    "logEvent",
    "loggerOptionsFromEnv",
    "setLogLevel",
  ]);
});
