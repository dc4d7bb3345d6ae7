// Copyright 2026 the HuleEdu authors. MIT license.

import type { Logger } from "@huleedu/service-libs/protocols";
import { Progress } from "./_progress.ts";

/** A logger that tells when something is said. Children are the same logger. */
export class LogWatch implements Logger {
  /** What was said, but for `debug`. */
  readonly lines: Array<readonly [level: string, message: string]> = [];
  readonly #progress = new Progress("a line in the log");

  debug(): void {}

  info(message: string): void {
    this.#add("info", message);
  }

  warn(message: string): void {
    this.#add("warn", message);
  }

  error(message: string): void {
    this.#add("error", message);
  }

  critical(message: string): void {
    this.#add("critical", message);
  }

  child(): Logger {
    return this;
  }

  /** Resolves when a message that matches has been said. */
  said(pattern: RegExp): Promise<void> {
    return this.#progress.until(() =>
      this.lines.some(([, message]) => pattern.test(message))
    );
  }

  #add(level: string, message: string): void {
    this.lines.push([level, message]);
    this.#progress.tick();
  }
}
