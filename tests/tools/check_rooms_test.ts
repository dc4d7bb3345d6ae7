// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { findRoomBreaches } from "../../tools/check_rooms.ts";

function breach(path: string, text: string): string {
  const breaches = findRoomBreaches([{ path, text }]);
  assertEquals(breaches.length, 1, breaches.join("\n"));
  return breaches[0]!;
}

Deno.test("findRoomBreaches() accepts what the arrows allow", () => {
  const breaches = findRoomBreaches([
    {
      path: "kafka/kafka_bus.ts",
      text: `import { a } from "../events/mod.ts"`,
    },
    { path: "kafka/_kafkajs.ts", text: `import { Kafka } from "kafkajs"` },
    { path: "redis/_ioredis.ts", text: `import type { Redis } from "ioredis"` },
    { path: "logging/log.ts", text: `export * from "@std/log/levels"` },
    { path: "events/a.ts", text: `import { b } from "./_b.ts"` },
    {
      path: "events/tracing.ts",
      text: `import { trace } from "@opentelemetry/api"`,
    },
    { path: "protocols.ts", text: `import type { E } from "./events/e.ts"` },
    { path: "testing/memory.ts", text: `import { r } from "../redis/mod.ts"` },
    { path: "mod.ts", text: `export { a } from "./events/mod.ts"` },
    { path: "tests/kafka/x_test.ts", text: `import { Kafka } from "kafkajs"` },
    { path: "tools/x.ts", text: `await Deno.readTextFile("x")` },
  ]);
  assertEquals(breaches, []);
});

Deno.test("findRoomBreaches() refuses a sibling", () => {
  const found = breach(
    "kafka/a.ts",
    `import {\n  b,\n} from "../redis/mod.ts";`,
  );
  assertStringIncludes(found, "kafka/a.ts");
  assertStringIncludes(found, "kafka may not import redis");
});

Deno.test("findRoomBreaches() refuses an arrow backwards", () => {
  assertStringIncludes(
    breach("events/a.ts", `import type { X } from "../protocols.ts";`),
    "events may not import protocols",
  );
  assertStringIncludes(
    breach("logging/a.ts", `export { X } from "../mod.ts";`),
    "logging may not import root",
  );
});

Deno.test("findRoomBreaches() refuses the workshop in product code", () => {
  assertStringIncludes(
    breach("testing/a.ts", `const x = await import("../tests/x.ts");`),
    "product code only",
  );
});

Deno.test("findRoomBreaches() keeps _files to their folder and to tests", () => {
  const text = `import { q } from "../../kafka/_queue.ts";`;
  assertEquals(findRoomBreaches([{ path: "tests/kafka/a_test.ts", text }]), []);
  assertStringIncludes(
    breach("examples/essay_desk/main.ts", text),
    "private to kafka/",
  );
  assertStringIncludes(
    breach("testing/a.ts", `import "./conformance/_b.ts";`),
    "private to testing/conformance/",
  );
});

Deno.test("findRoomBreaches() keeps a package in its one place", () => {
  assertStringIncludes(
    breach("kafka/kafka_bus.ts", `import { Kafka } from "kafkajs";`),
    "has its place",
  );
  assertStringIncludes(
    breach("testing/a.ts", `import type { Redis } from "ioredis";`),
    "has its place",
  );
  assertStringIncludes(
    breach("reliability/a.ts", `import { getLogger } from "@std/log/logger";`),
    "has its place",
  );
  assertStringIncludes(
    breach("testing/a.ts", `import fc from "fast-check";`),
    "no such package",
  );
});

Deno.test("findRoomBreaches() refuses Deno.* but in comments", () => {
  assertStringIncludes(
    breach("redis/a.ts", `export const x = Deno.env.get("X");`),
    "uses Deno.*",
  );
  const commented = `/** \`Deno.serve\` and import "kafkajs" */\n// Deno.env\n`;
  assertEquals(findRoomBreaches([{ path: "redis/a.ts", text: commented }]), []);
});
