// Copyright 2026 the HuleEdu authors. MIT license.

import type { Clock } from "../protocols.ts";
import { stdoutHandlers } from "./_default_handlers.ts";
import { requireLevel } from "./_levels.ts";
import { LoggerCore } from "./_logger_core.ts";
import { requireFormat, requireHandlers, requireName } from "./_options.ts";
import { Origin } from "./_origin.ts";
import { createSerializer } from "./_redaction.ts";
import { withDefaultRule } from "./_secret_rule.ts";
import { createLogger } from "./_service_logger.ts";
import type { LogFormat } from "./log_format.ts";
import type { LogHandler } from "./log_handler.ts";
import type { LogLevel } from "./log_level.ts";
import type { ServiceLogger } from "./service_logger.ts";

/**
 * Options of {@linkcode createServiceLogger}. What is left out follows
 * `configureLogging`, at each call, also when that is called later.
 */
export interface ServiceLoggerOptions {
  /**
   * The part of the service that logs, the `module` of its lines. The name of
   * the service by default.
   */
  readonly module?: string;
  /**
   * The lowest level that is logged, unless `levels` of `configureLogging` or
   * `setLogLevel` names the module.
   */
  readonly level?: LogLevel;
  /** What the records are handed to, in this order. */
  readonly handlers?: readonly LogHandler[];
  /**
   * The form of lines on stdout, where no handlers are given; then those of
   * `configureLogging` do not count, but its `fieldNames` do.
   */
  readonly format?: LogFormat;
  /**
   * Tells which fields are redacted beside those that the function `isSecretKey`
   * names.
   */
  readonly isSecretKey?: (key: string) => boolean;
  /** The paths of fields that are redacted as well, as in `configureLogging`. */
  readonly redactPaths?: readonly string[];
  /** Tells the time of the lines. The system's clock by default. */
  readonly clock?: Pick<Clock, "now">;
}

/**
 * Creates the logger of a service. Nothing is read or opened until the first
 * line, so it may be created while modules load, before logging is configured.
 *
 * A line is one JSON object, its names in this order: `timestamp` (ISO 8601,
 * UTC, milliseconds), `level` (`debug`, `info`, `warning`, `error`,
 * `critical`), `service`, `module`, `message`, then the fields of the current
 * context, of the logger and of the call. Of two fields of one name the later
 * counts. A field named like one of the first five is written as
 * `fields.message` and so on.
 *
 * Anything can be logged and nothing throws. An error, wherever it stands,
 * becomes `name`, `message`, `stack`, `cause`, the `errors` of an
 * `AggregateError`, and its own fields. What is too long, too deep or too much
 * is cut and says so. Secrets are `[redacted]`: fields by their name, see
 * `isSecretKey`, and passwords in URLs, bearer tokens and `name=value` in texts.
 *
 * @param service The name of the service.
 * @param options Module, level, handlers and so on.
 * @returns The logger.
 * @throws {TypeError} If a name is empty or an option is of the wrong kind.
 * @throws {RangeError} If level or format is unknown.
 *
 * @example A line
 * ```ts
 * import { createServiceLogger, LineHandler } from "@huleedu/service-libs/logging";
 * import { assertEquals } from "@std/assert";
 *
 * const lines: string[] = [];
 * const logger = createServiceLogger("essays", {
 *   module: "grading",
 *   handlers: [new LineHandler({ sink: (line) => lines.push(line) })],
 *   clock: { now: () => Date.UTC(2026, 10, 23, 4, 54, 36, 42) },
 * });
 *
 * logger.child({ batch_id: "b1" }).warn("Slow", { ms: 12.5 });
 * assertEquals(lines, [
 *   '{"timestamp":"2026-11-23T04:54:36.042Z","level":"warning",' +
 *   '"service":"essays","module":"grading","message":"Slow",' +
 *   '"batch_id":"b1","ms":12.5}',
 * ]);
 * ```
 */
export function createServiceLogger(
  service: string,
  options: ServiceLoggerOptions = {},
): ServiceLogger {
  const action = "create logger";
  const { module, level, handlers, format, clock } = options;
  const name = requireName(action, "service", service);
  const origin = new Origin(
    name,
    requireName(action, "module", module ?? name),
  );
  const core = new LoggerCore(origin, {
    threshold: level === undefined
      ? undefined
      : requireLevel(action, level).number,
    handlers: handlers === undefined
      ? format && stdoutHandlers(requireFormat(action, format))
      : requireHandlers(action, handlers),
    serializer: options.isSecretKey || options.redactPaths
      ? createSerializer(action, withDefaultRule(action, options))
      : undefined,
    clock,
  });
  return createLogger(core);
}
