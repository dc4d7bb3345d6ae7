// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { Logger as StdLogger } from "@std/log/logger";
import { withContext } from "../../events/mod.ts";
import {
  adoptStdLogger,
  createServiceLogger,
  LineHandler,
  type Logger,
  SamplingHandler,
  type SamplingHandlerOptions,
} from "../../logging/mod.ts";

interface Sampled {
  readonly logger: Logger;
  readonly handler: SamplingHandler;
  readonly lines: string[];
}

/** A logger whose lines are kept as `correlation id: message`. */
function sampled(options: Partial<SamplingHandlerOptions> = {}): Sampled {
  const lines: string[] = [];
  const sink = (line: string) => {
    const { correlation_id, message, left_out } = JSON.parse(line);
    lines.push(
      `${correlation_id}: ${message}${left_out ? ` ${left_out}` : ""}`,
    );
  };
  const handler = new SamplingHandler({
    handlers: [new LineHandler({ sink })],
    rate: 0,
    ...options,
  });
  const logger = createServiceLogger("essays", { handlers: [handler] });
  return { logger, handler, lines };
}

function within(correlationId: string, fn: () => void): void {
  withContext({ correlationId }, fn);
}

Deno.test("SamplingHandler keeps all lines of an id that errs, and none of others", () => {
  const { logger, lines } = sampled();
  within("a", () => logger.info("1"));
  within("b", () => logger.info("1"));
  within("a", () => logger.warn("2"));
  within("a", () => logger.error("3"));
  within("b", () => logger.info("2"));
  within("a", () => logger.info("4"));
  assertEquals(lines, ["a: 1", "a: 2", "a: 3", "a: 4"]);
});

Deno.test("SamplingHandler keeps lines without an id, and ids of fields and loggers", () => {
  const { logger, lines } = sampled();
  logger.info("1");
  logger.info("2", { correlation_id: "a" });
  logger.child({ correlation_id: "a" }).info("3");
  within("a", () => logger.critical("4"));
  assertEquals(lines, ["undefined: 1", "a: 2", "a: 3", "a: 4"]);
});

Deno.test("SamplingHandler keeps a share of the ids, the same ones everywhere", () => {
  const ids = Array.from({ length: 4_000 }, (_, n) => `id-${n}`);
  const kept = [sampled({ rate: 0.25 }), sampled({ rate: 0.25 })].map((one) => {
    for (const id of ids) within(id, () => one.logger.info("x"));
    return one.lines;
  });
  assertEquals(kept[0], kept[1]);
  const share = kept[0]!.length / ids.length;
  assert(share > 0.22 && share < 0.28, String(share));

  const all = sampled({ rate: 1 });
  for (const id of ids) within(id, () => all.logger.info("x"));
  assertEquals(all.lines.length, ids.length);
});

Deno.test("SamplingHandler shows a line as it was when it was logged", () => {
  const { logger, lines } = sampled();
  const fields = { correlation_id: "a", left_out: 1 };
  logger.info("1", fields);
  fields.left_out = 2;
  within("a", () => logger.error("2"));
  assertEquals(lines, ["a: 1 1", "a: 2"]);
});

Deno.test("SamplingHandler bounds what it holds, and tells what it let go", () => {
  const { logger, handler, lines } = sampled({ maxHeldBytes: 100_000 });
  const fields = { text: "x".repeat(1_000) };
  for (let n = 0; n < 1_000; n++) {
    within(`id-${n}`, () => logger.info("1", fields));
  }
  assert(handler.letGo > 900);
  within("id-999", () => logger.error("2"));
  within("id-0", () => logger.error("2"));
  assertEquals(lines, [
    "id-999: 1",
    "id-999: 2",
    "id-0: Left out log lines of this correlation id 1",
    "id-0: 2",
  ]);
});

Deno.test("SamplingHandler bounds one id that logs and logs", () => {
  const { logger, handler, lines } = sampled({ maxHeldBytes: 100_000 });
  within("a", () => {
    for (let n = 0; n < 10_000; n++) logger.info("1");
    logger.error("2");
  });
  assert(lines.length < 1_000);
  assertEquals(handler.letGo + lines.length, 10_002);
});

Deno.test("SamplingHandler keeps the newest lines of an id that takes too much", () => {
  const { logger, handler, lines } = sampled({ maxHeldBytes: 3_000 });
  within("a", () => {
    for (let n = 0; n < 20; n++) logger.info(`${n}`);
    logger.error("end");
  });
  const [gap, ...kept] = lines;
  assert(kept.length > 4, lines.join());
  assertEquals(kept.at(-1), "a: end");
  const first = 21 - kept.length;
  assertEquals(
    kept.slice(0, -1),
    kept.slice(0, -1).map((_, at) => `a: ${first + at}`),
  );
  assertEquals(gap, `a: Left out log lines of this correlation id ${first}`);
  assertEquals(handler.letGo, first);
});

Deno.test("SamplingHandler samples ids that are numbers", () => {
  const { logger, lines } = sampled();
  logger.info("1", { correlation_id: 5 });
  logger.info("1", { correlation_id: 6 });
  logger.error("2", { correlation_id: 5 });
  assertEquals(lines, ["5: 1", "5: 2"]);
});

Deno.test("SamplingHandler forgets the id that was silent longest", () => {
  const { logger, lines } = sampled({ maxFlows: 2 });
  for (const id of ["a", "b", "a", "c"]) within(id, () => logger.info("1"));
  for (const id of ["a", "b"]) within(id, () => logger.error("2"));
  assertEquals(lines, ["a: 1", "a: 1", "a: 2", "b: 2"]);
});

Deno.test("SamplingHandler samples records of @std/log by the context they are made in", () => {
  const { handler, lines } = sampled();
  const logger = new StdLogger("parser", "INFO");
  adoptStdLogger(logger, { handlers: [handler] });
  within("a", () => logger.info("1"));
  within("b", () => logger.info("1"));
  within("a", () => logger.error("2"));
  assertEquals(lines, ["a: 1", "a: 2"]);
});

Deno.test("SamplingHandler refuses options that make no sense", () => {
  assertThrows(() => sampled({ rate: 2 }), RangeError, "received 2");
  assertThrows(() => sampled({ rate: NaN }), RangeError, '"rate"');
  assertThrows(() => sampled({ maxFlows: 0 }), RangeError, '"maxFlows"');
});
