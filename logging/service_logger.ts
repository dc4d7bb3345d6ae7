// Copyright 2026 the HuleEdu authors. MIT license.

import type { LogFields, Logger } from "../protocols.ts";

/**
 * The fields of a line, or a function that makes them. It is called at once, and
 * only if the line is written: for fields that cost something to find out.
 */
export type LazyLogFields = LogFields | (() => LogFields);

/**
 * A logger that also takes functions in the place of fields. What they throw
 * shows as `fields: "[unreadable]"`.
 *
 * A method may be taken off its logger and handed on, as in
 * `promise.catch(logger.error)`. One that is taken while its level is not logged
 * begins to log when `setLogLevel` lowers the level, but without the fields of
 * `child`.
 *
 * @example Fields that are made only when they are shown
 * ```ts
 * import { createServiceLogger, LineHandler } from "@huleedu/service-libs/logging";
 * import { assertEquals } from "@std/assert";
 *
 * const lines: string[] = [];
 * const logger = createServiceLogger("essays", {
 *   level: "info",
 *   handlers: [new LineHandler({ sink: (line) => lines.push(line) })],
 * });
 *
 * let calls = 0;
 * const describe = () => ({ calls: ++calls });
 * logger.debug("Not shown", describe);
 * logger.info("Shown", describe);
 * assertEquals(calls, 1);
 * assertEquals(JSON.parse(lines[0]!).calls, 1);
 * ```
 */
export interface ServiceLogger extends Logger {
  /** Logs what only a developer wants to see. */
  debug(message: string, fields?: LazyLogFields): void;
  /** Logs what happened. */
  info(message: string, fields?: LazyLogFields): void;
  /** Logs what is odd and was handled. */
  warn(message: string, fields?: LazyLogFields): void;
  /** Logs what failed. */
  error(message: string, fields?: LazyLogFields): void;
  /** Logs what needs a person now. */
  critical(message: string, fields?: LazyLogFields): void;
  /**
   * A logger that adds `fields` to each of its lines. They are read here and now,
   * with all that is in them: what changes later does not show. Only a change of
   * what is redacted has them read once more.
   */
  child(fields: LazyLogFields): ServiceLogger;
}
