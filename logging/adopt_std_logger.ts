// Copyright 2026 the HuleEdu authors. MIT license.

import { deliver } from "./_deliver.ts";
import { currentHandlers } from "./_default_handlers.ts";
import { ErrorMessages } from "./_error_messages.ts";
import { ForeignRecords } from "./_foreign_records.ts";
import { requireHandlers, requireName } from "./_options.ts";
import { StdHandler } from "./_std_handler.ts";
import type { LogHandler } from "./log_handler.ts";

/** A logger of `@std/log`: what is needed of it. */
export interface StdLogger {
  /** Its handlers. */
  handlers: object[];
}

/** Options of {@linkcode adoptStdLogger}. */
export interface AdoptStdLoggerOptions {
  /**
   * The `service` of the lines; their `module` is the name of the logger. The
   * name of the logger by default.
   */
  readonly service?: string;
  /** What the records are handed to. By default what `configureLogging` says. */
  readonly handlers?: readonly LogHandler[];
}

/**
 * Makes a logger of `@std/log`, such as that of another package, log in our
 * form: its handlers are replaced by one that hands its records to ours, with
 * the current context added and secrets redacted. Of the arguments of a call
 * each object gives its fields, an error becomes `error`, and the rest is listed
 * under `args`. Where the message itself is an error, the line has its message and
 * it becomes `error` too. The logger keeps its level.
 *
 * @param logger The logger.
 * @param options Service and handlers.
 * @throws {TypeError} If an option is of the wrong kind.
 *
 * @example The logger of a parser
 * ```ts
 * import { adoptStdLogger, LineHandler } from "@huleedu/service-libs/logging";
 * import { Logger } from "@std/log/logger";
 * import { assertEquals } from "@std/assert";
 *
 * const lines: string[] = [];
 * const parserLogger = new Logger("parser", "INFO");
 * adoptStdLogger(parserLogger, {
 *   service: "essays",
 *   handlers: [new LineHandler({ sink: (line) => lines.push(line) })],
 * });
 * parserLogger.warn("Odd encoding", { encoding: "latin1" });
 *
 * const { timestamp: _, ...line } = JSON.parse(lines[0]!);
 * assertEquals(line, {
 *   level: "warning",
 *   service: "essays",
 *   module: "parser",
 *   message: "Odd encoding",
 *   encoding: "latin1",
 * });
 * ```
 */
export function adoptStdLogger(
  logger: StdLogger,
  options: AdoptStdLoggerOptions = {},
): void {
  const action = "adopt logger";
  const service = options.service === undefined
    ? undefined
    : requireName(action, "service", options.service);
  const handlers = options.handlers &&
    requireHandlers(action, options.handlers);
  const records = new ForeignRecords(service);
  const errors = new ErrorMessages();
  errors.watch(logger);
  logger.handlers = [
    new StdHandler((record) => {
      const own = records.toServiceRecord(errors.complete(record));
      deliver(own, handlers ?? currentHandlers());
    }),
  ];
}
