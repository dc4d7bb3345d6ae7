// Copyright 2026 the HuleEdu authors. MIT license.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createServiceLogger,
  FileHandler,
} from "@huleedu/service-libs/logging";

/** Registers a test. */
type Register = (name: string, fn: () => Promise<void>) => void;

interface Ended {
  /** The lines on stdout, parsed. */
  readonly lines: readonly Record<string, unknown>[];
  /** The exit code; `null` if a signal ended it. */
  readonly code: number | null;
}

/** More than a pipe holds, many times. */
const MANY = 20_000;

/**
 * Registers what must hold of lines that are on their way when a process ends,
 * when the reader of its stdout is slow, and when a file is full.
 *
 * @param test Registers a test.
 * @param command The command line that runs `log_and_end.ts`.
 */
export function testDelivery(test: Register, command: readonly string[]): void {
  for (const how of ["exit", "signal", "crash", "reject", "end"]) {
    test(`the last line on stdout is there after: ${how}`, async () => {
      const { lines, code } = await run([...command, how, "3"]);
      assert.deepEqual(lines.map(({ message }) => message), [
        "Working",
        "Working",
        "Ending",
      ]);
      assert.equal(code === 0, how === "exit" || how === "end");
    });
  }

  test("a slow reader of stdout loses no line, and takes no memory", async () => {
    const { lines } = await run([...command, "exit", String(MANY)], 300);
    assert.equal(lines.length, MANY);
    for (const [index, line] of lines.slice(0, -1).entries()) {
      assert.equal(line["n"], index + 1);
    }
    const last = lines.at(-1);
    assert.equal(last?.["last"], true);
    assert.ok(Number(last?.["grown_mib"]) < 128, JSON.stringify(last));
  });

  for (const how of ["exit", "own exit", "crash", "end"]) {
    test(`lines that wait for a file are there after: ${how}`, async () => {
      using folder = makeFolder();
      const path = join(folder.path, "waiting.log");
      await run([...command, how, "3", path]);
      const lines = linesOf(readFileSync(path, "utf8"));
      assert.equal(lines.length, 3);
      assert.equal(lines[2]?.["last"], true);
    });
  }

  test("a file that is full is put aside, and the oldest one goes", async () => {
    using folder = makeFolder();
    const path = join(folder.path, "new/folder/rotated.log");
    {
      await using handler = new FileHandler({
        path,
        maxBytes: 1_000,
        maxFiles: 2,
      });
      const logger = createServiceLogger("essays", { handlers: [handler] });
      for (let n = 0; n < 50; n++) logger.info("Hello", { n });
    }
    const names = readdirSync(join(folder.path, "new/folder")).sort();
    assert.deepEqual(names, ["rotated.log", "rotated.log.1", "rotated.log.2"]);
    const texts = [`${path}.2`, `${path}.1`, path].map((each) =>
      readFileSync(each, "utf8")
    );
    for (const text of texts) assert.ok(text.length <= 1_000);
    const numbers = linesOf(texts.join("")).map(({ n }) => n as number);
    const first = numbers[0] ?? 0;
    assert.deepEqual(numbers, numbers.map((_, index) => first + index));
    assert.equal(numbers.at(-1), 49);
  });

  test("a file that was moved or removed is begun anew", async () => {
    using folder = makeFolder();
    const path = join(folder.path, "watched.log");
    await using handler = new FileHandler({ path, maxBytes: 120, maxFiles: 9 });
    const logger = createServiceLogger("essays", { handlers: [handler] });
    logger.info("Moved", { n: 0 });
    renameSync(path, `${path}.moved`);
    logger.info("Removed", { n: 1 });
    rmSync(path);
    logger.info("Kept", { n: 2 });
    assert.equal(linesOf(readFileSync(`${path}.moved`, "utf8"))[0]?.["n"], 0);
    assert.deepEqual(
      linesOf(readFileSync(path, "utf8")).map(({ n }) => n),
      [2],
    );
    assert.equal(readdirSync(folder.path).length, 2);
  });

  test("a file that was begun before is gone on with, and disposal flushes", async () => {
    using folder = makeFolder();
    const path = join(folder.path, "waiting.log");
    for (let n = 0; n < 3; n++) {
      await using handler = new FileHandler({
        path,
        maxBytes: 250,
        minLength: 10_000,
      });
      const logger = createServiceLogger("essays", { handlers: [handler] });
      logger.info("Hello", { n });
    }
    assert.equal(linesOf(readFileSync(`${path}.1`, "utf8")).length, 2);
    assert.equal(linesOf(readFileSync(path, "utf8"))[0]?.["n"], 2);
  });
}

/**
 * Runs a command to its end.
 *
 * @param command The program and its arguments.
 * @param deafMs How long nobody reads its stdout once it has begun.
 */
async function run(command: readonly string[], deafMs = 0): Promise<Ended> {
  // The integration tests may run a shell, which becomes the program.
  const child = spawn("sh", ["-c", 'exec "$@"', "sh", ...command], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const code = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  child.stderr.resume();
  if (deafMs > 0) {
    await new Promise((resolve) => child.stderr.once("data", resolve));
    await new Promise((resolve) => setTimeout(resolve, deafMs));
  }
  let text = "";
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (chunk) => text += chunk);
  return { code: await code, lines: linesOf(text) };
}

function linesOf(text: string): Record<string, unknown>[] {
  if (text === "") return [];
  assert.ok(text.endsWith("\n"), "The last line is whole");
  return text.slice(0, -1).split("\n").map((line) => JSON.parse(line));
}

function makeFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "service-libs-logging-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}
