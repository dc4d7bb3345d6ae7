// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * One logging call, as handlers see it. The fields are those of the records of
 * `@std/log`, so that handlers written for either work with both.
 */
export interface LogRecord {
  /** The message. */
  readonly msg: string;
  /**
   * What was logged along with the message. A record of this library has one
   * argument, an object with the context, the fields of the logger and those of
   * the call; it is plain JSON data, and secrets are already redacted.
   */
  readonly args: readonly unknown[];
  /** When the call was. */
  readonly datetime: Date;
  /** 10 debug, 20 info, 30 warning, 40 error, 50 critical. */
  readonly level: number;
  /** `DEBUG`, `INFO`, `WARN`, `ERROR` or `CRITICAL`. */
  readonly levelName: string;
  /** The service, or `service.module` when the logger has a module. */
  readonly loggerName: string;
}

/**
 * Receives the records of a logger. Every handler of `@std/log` fits, and so
 * does an object with this one method.
 *
 * @example Counting errors
 * ```ts
 * import { createServiceLogger, type LogHandler } from "@huleedu/service-libs/logging";
 * import { assertEquals } from "@std/assert";
 *
 * let errors = 0;
 * const counter: LogHandler = {
 *   handle(record) {
 *     if (record.level >= 40) errors++;
 *   },
 * };
 *
 * const logger = createServiceLogger("essays", { handlers: [counter] });
 * logger.error("Essay not stored");
 * assertEquals(errors, 1);
 * ```
 */
export interface LogHandler {
  /**
   * Handles one record. What it throws is reported on stderr, once a handler,
   * and never reaches the code that logs.
   *
   * @param record The record.
   */
  handle(record: LogRecord): void;
}
