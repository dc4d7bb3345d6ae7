// Copyright 2026 the HuleEdu authors. MIT license.

import process from "node:process";

const TIMEOUT_MS = 60_000;

const tests: Array<{ name: string; fn: () => Promise<void> }> = [];

/**
 * Adds a test. Its form is the one that the conformance suites ask for.
 *
 * @param name What must hold.
 * @param fn Rejects when it does not.
 */
export function test(name: string, fn: () => Promise<void>): void {
  tests.push({ name, fn });
}

/**
 * Runs the tests in turn, prints one line each, and sets the exit code. It never
 * ends the process: a handle that is left open keeps it alive, and is found.
 */
export async function runTests(): Promise<void> {
  for (const { name, fn } of tests) {
    try {
      await withTimeout(fn());
      print(`ok ${name}`);
    } catch (error) {
      process.exitCode = 1;
      print(`not ok ${name}`);
      print(error instanceof Error ? `${error.stack}` : String(error));
    }
  }
}

async function withTimeout(run: Promise<void>): Promise<void> {
  const { promise, stop } = timeout();
  try {
    await Promise.race([run, promise]);
  } finally {
    stop();
  }
}

function timeout(): { promise: Promise<never>; stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const promise = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`No result after ${TIMEOUT_MS} ms`)),
      TIMEOUT_MS,
    );
  });
  return { promise, stop: () => clearTimeout(timer) };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
