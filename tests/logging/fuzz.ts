// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Logs a million random values, and checks each line. What the tests do with
 * fewer. First it redacts texts that are made to take long, of a million
 * characters each.
 *
 * ```sh
 * deno run tests/logging/fuzz.ts [count] [seed]
 * ```
 *
 * @module
 */

import process from "node:process";
import { fuzz } from "./_fuzz.ts";
import { slowestText } from "./_slowest_text.ts";

const [count = "1000000", seed = "1"] = process.argv.slice(2);
const { unit, ms } = slowestText(1_000_000);
process.stderr.write(
  `A million characters of ${JSON.stringify(unit)} took ${ms.toFixed(0)} ms\n`,
);
// What is not linear in the length takes minutes.
if (ms > 5_000) throw new Error("A text takes too long");

const start = performance.now();
fuzz(Number(count), Number(seed), (done) => {
  process.stderr.write(`${done} lines\n`);
});
const seconds = ((performance.now() - start) / 1_000).toFixed(1);
process.stdout.write(
  `${count} valid lines without a secret, from seed ${seed}, in ${seconds} s\n`,
);
