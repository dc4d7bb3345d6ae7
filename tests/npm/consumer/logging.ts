// Copyright 2026 the HuleEdu authors. MIT license.

// Runs what depends on the runtime in logging: where lines are when a process
// ends, and what context they have.

import assert from "node:assert/strict";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { withContext } from "@huleedu/service-libs/events";
import {
  createServiceLogger,
  LineHandler,
} from "@huleedu/service-libs/logging";
import { testDelivery } from "./delivery.ts";
import { runTests, test } from "./harness.ts";

const FLOWS = 1_000;

test("1,000 concurrent flows keep their contexts apart", async () => {
  const lines: string[] = [];
  const logger = createServiceLogger("flows", {
    handlers: [new LineHandler({ sink: (line) => void lines.push(line) })],
  });
  async function work(n: number): Promise<void> {
    for (let step = 0; step < 5; step++) {
      logger.info("Step", { n });
      if ((n + step) % 3 === 0) {
        await new Promise((resolve) => setTimeout(resolve, 0));
      } else if ((n + step) % 3 === 1) {
        await new Promise((resolve) => setImmediate(resolve));
      } else await Promise.resolve();
    }
  }
  await Promise.all(
    Array.from(
      { length: FLOWS },
      (_, n) => withContext({ correlationId: `c${n}` }, () => work(n)),
    ),
  );
  assert.equal(lines.length, 5 * FLOWS);
  for (const line of lines) {
    const { n, correlation_id } = JSON.parse(line);
    assert.equal(correlation_id, `c${n}`);
  }
  logger.info("Outside");
  assert.ok(!lines.at(-1)?.includes("correlation_id"));
});

const script = fileURLToPath(new URL("log_and_end.js", import.meta.url));
testDelivery(test, [process.execPath, script]);

await runTests();
