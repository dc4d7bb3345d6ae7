// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";
import { withContext } from "../../events/mod.ts";
import { capture } from "./_capture.ts";

Deno.test("Logger.info() names the fields of a context as on the wire", () => {
  const { logger, raw } = capture({ clock: { now: () => 0 } });
  const context = {
    correlationId: "c",
    eventId: "e",
    eventType: "t",
    sourceService: "s",
    traceId: "tr",
    spanId: "sp",
    tenantId: "own names stay",
  };
  withContext(context, () => logger.info("Hello"));
  assertEquals(raw, [
    '{"timestamp":"1970-01-01T00:00:00.000Z","level":"info",' +
    '"service":"essays","module":"essays","message":"Hello",' +
    '"correlation_id":"c","event_id":"e","event_type":"t",' +
    '"source_service":"s","trace_id":"tr","span_id":"sp",' +
    '"tenantId":"own names stay"}',
  ]);
});

Deno.test("Logger.info() prints the innermost context and nothing after it", () => {
  const { logger, last } = capture();
  withContext({ correlationId: "outer", a: 1 }, () => {
    withContext({ correlationId: "inner" }, () => logger.info("Hello"));
    assertEquals([last()["correlation_id"], last()["a"]], ["inner", 1]);
    logger.info("Hello");
    assertEquals(last()["correlation_id"], "outer");
  });
  logger.info("Hello");
  assertEquals("correlation_id" in last(), false);
});

Deno.test("Logger.info() redacts a shared context by each logger's own rule", () => {
  const lax = capture({ isSecretKey: () => false });
  const strict = capture({ isSecretKey: () => true });
  withContext({ tenant: "t1" }, () => {
    lax.logger.info("Hello");
    strict.logger.info("Hello");
    lax.logger.info("Hello");
    assertEquals(lax.last()["tenant"], "t1");
    assertEquals(strict.last()["tenant"], "[redacted]");
  });
});

Deno.test("Logger.info() keeps 1,000 concurrent contexts apart", async () => {
  const { logger, lines } = capture();
  const child = logger.child({ component: "worker" });

  async function work(n: number): Promise<void> {
    for (let step = 0; step < 5; step++) {
      child.info("Step", { n, step });
      if (n % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
      else await Promise.resolve();
    }
  }
  await Promise.all(
    Array.from(
      { length: 1_000 },
      (_, n) => withContext({ correlationId: `c${n}` }, () => work(n)),
    ),
  );

  const all = lines();
  assertEquals(all.length, 5_000);
  for (const line of all) {
    assertEquals(line["correlation_id"], `c${line["n"]}`);
  }
});
