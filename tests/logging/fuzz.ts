// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Logs a million random values, and checks each line. What the tests do with
 * fewer.
 *
 * ```sh
 * deno run tests/logging/fuzz.ts [count] [seed]
 * ```
 *
 * @module
 */

import process from "node:process";
import { fuzz } from "./_fuzz.ts";

const [count = "1000000", seed = "1"] = process.argv.slice(2);
const start = performance.now();
fuzz(Number(count), Number(seed), (done) => {
  process.stderr.write(`${done} lines\n`);
});
const seconds = ((performance.now() - start) / 1_000).toFixed(1);
process.stdout.write(
  `${count} valid lines without a secret, from seed ${seed}, in ${seconds} s\n`,
);
