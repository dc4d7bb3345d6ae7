// Copyright 2026 the HuleEdu authors. MIT license.

import type { LogRecord } from "./log_handler.ts";

const METHODS = ["debug", "info", "warn", "error", "critical"] as const;

type Method = (message: unknown, ...args: unknown[]) => unknown;

/**
 * Sees the errors that a logger of `@std/log` is given as messages: it makes the
 * text of their stack of them before a handler sees them.
 */
export class ErrorMessages {
  #error: Error | undefined;

  /** Watches a logger: of an error only its message is passed on to it. */
  watch(logger: object): void {
    const methods = logger as Partial<Record<typeof METHODS[number], Method>>;
    for (const name of METHODS) {
      const method = methods[name];
      if (typeof method !== "function") continue;
      Object.defineProperty(logger, name, {
        value: this.#watched(method),
        configurable: true,
        writable: true,
      });
    }
  }

  /** Adds to a record the error that it was made of, if it was. */
  complete(record: LogRecord): LogRecord {
    const error = this.#error;
    if (error === undefined) return record;
    const { msg, args, datetime, level, levelName, loggerName } = record;
    const all = [...args, error];
    return { msg, args: all, datetime, level, levelName, loggerName };
  }

  #watched(method: Method): Method {
    const take = (message: unknown) => this.#take(message);
    const forget = (before: Error | undefined) => this.#error = before;
    const current = () => this.#error;
    return function (this: unknown, message, ...args) {
      const before = current();
      forget(undefined);
      let given = message;
      const passed = typeof message === "function"
        ? () => take(given = (message as () => unknown)())
        : take(message);
      try {
        const returned = method.call(this, passed, ...args);
        return returned === undefined ? undefined : given;
      } finally {
        forget(before);
      }
    };
  }

  #take(message: unknown): unknown {
    this.#error = undefined;
    if (!(message instanceof Error)) return message;
    this.#error = message;
    const text: unknown = message.message;
    return text === "" || typeof text !== "string" ? message.name : text;
  }
}
