// Copyright 2026 the HuleEdu authors. MIT license.

import { withContext } from "../../events/mod.ts";
import { capture, parseLine } from "./_capture.ts";
import { createRandom } from "./_random.ts";
import { RandomValues } from "./_random_values.ts";

const SECRET = "Zq7planted9";
const FIRST = ["timestamp", "level", "service", "module", "message"].join();

/**
 * Logs random values and checks that each call gives one valid line without the
 * planted secret.
 *
 * @param count How many values.
 * @param seed What the values follow from. The nth one has the seed `seed + n`.
 * @param onProgress Told how many are done, now and then.
 * @throws {Error} At the first line that is wrong, with its seed.
 */
export function fuzz(
  count: number,
  seed: number,
  onProgress: (done: number) => void = () => {},
): void {
  const { logger, raw } = capture();
  for (let n = 0; n < count; n++) {
    const random = createRandom(seed + n);
    const values = new RandomValues(random, SECRET);
    raw.length = 0;
    try {
      const message = values.text();
      const fields = random.below(2) === 0
        ? values.fields()
        : { value: values.value() };
      switch (random.below(4)) {
        case 0:
          withContext(fields, () => logger.info(message));
          break;
        case 1:
          logger.child(fields).warn(message);
          break;
        case 2:
          logger.error(values.value() as string, fields);
          break;
        default:
          logger.info(message, fields);
      }
      check(raw);
    } catch (cause) {
      throw new Error(`Seed ${seed + n} gives a wrong line`, { cause });
    }
    if (n % 50_000 === 0) onProgress(n);
  }
}

function check(lines: readonly string[]): void {
  const [line = "", ...more] = lines;
  if (more.length > 0) throw new Error(`${lines.length} lines`);
  // A number as a name comes first in any object, whatever the text says.
  const names = Object.keys(parseLine(line)).filter((name) =>
    !/^\d/.test(name)
  );
  if (names.slice(0, 5).join() !== FIRST) {
    throw new Error(`Names: ${names.slice(0, 5)}`);
  }
  const at = line.indexOf(SECRET);
  if (at >= 0) throw new Error(`Secret: ${line.slice(at - 200, at + 50)}`);
}
