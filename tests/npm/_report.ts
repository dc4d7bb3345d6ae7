// Copyright 2026 the HuleEdu authors. MIT license.

import process from "node:process";

/** Prints and counts results. */
export class Report {
  #passed = 0;
  #failed = 0;

  /** How many results were failures. */
  get failed(): number {
    return this.#failed;
  }

  /** Records something that holds. */
  pass(name: string): void {
    this.#passed++;
    print(`ok ${name}`);
  }

  /** Records something that does not hold, and why. */
  fail(name: string, reason: string): void {
    this.#failed++;
    print(`not ok ${name}\n${reason.trimEnd().replaceAll(/^/gm, "    ")}`);
  }

  /** Runs a check and records whether it throws. */
  async check(name: string, fn: () => void | Promise<void>): Promise<boolean> {
    try {
      await fn();
    } catch (error) {
      this.fail(name, error instanceof Error ? error.message : String(error));
      return false;
    }
    this.pass(name);
    return true;
  }

  /** Prints the totals. */
  summarize(): void {
    print(`npm package: ${this.#passed} passed, ${this.#failed} failed`);
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
