// Copyright 2026 the HuleEdu authors. MIT license.

import { stdoutHandlers } from "./_default_handlers.ts";
import { requireLevel } from "./_levels.ts";
import {
  kindOf,
  requireFieldNames,
  requireFormat,
  requireHandlers,
} from "./_options.ts";
import { createSerializer } from "./_redaction.ts";
import { reportFailure } from "./_report_failure.ts";
import { withDefaultRule } from "./_secret_rule.ts";
import { replaceSettings, type Settings, settings } from "./_settings.ts";
import { FileHandler, type FileHandlerOptions } from "./file_handler.ts";
import type { LogFieldNames } from "./log_field_names.ts";
import type { LogFormat } from "./log_format.ts";
import type { LogHandler } from "./log_handler.ts";
import type { LogLevel } from "./log_level.ts";

/** Options of {@linkcode configureLogging}. */
export interface LoggingOptions {
  /** The lowest level that is logged: else `LOG_LEVEL`, else `"info"`. */
  readonly level?: LogLevel;
  /**
   * By module, the lowest level that is logged, whatever else is said of levels.
   * `grading` also tells of `grading.rules`, unless that is named too. See
   * `setLogLevel`, which changes one of them at any time.
   */
  readonly levels?: Readonly<Record<string, LogLevel>>;
  /** What the records are handed to. By default one handler, to stdout. */
  readonly handlers?: readonly LogHandler[];
  /**
   * A file that records are written to beside the handlers, as
   * `loggerOptionsFromEnv` finds it. It is closed by the next `configureLogging`.
   */
  readonly file?: FileHandlerOptions;
  /**
   * The form of lines of each `LineHandler` that was not told its own: else
   * `LOG_FORMAT`, else `"console"` on a terminal and `"json"` anywhere else. A
   * sink that must have JSON is to say so.
   */
  readonly format?: LogFormat;
  /**
   * The names of the fields in JSON lines of each `LineHandler` and `FileHandler`
   * that was not told its own.
   *
   * @default {"default"}
   */
  readonly fieldNames?: LogFieldNames;
  /**
   * Tells which fields are redacted beside those that the function `isSecretKey`
   * names. It cannot lay those open.
   */
  readonly isSecretKey?: (key: string) => boolean;
  /**
   * The paths of fields that are redacted as well, such as `user.email`,
   * `pupils.*.personal_number`, `items[0].name` or `a["b.c"]`: names apart by dots
   * or in brackets, `*` for any one name or index. What has dots, brackets or
   * quotes in its name stands in brackets and quotes. `error.message` leaves the
   * message out of the stack too, and out of a line that has it for its own.
   */
  readonly redactPaths?: readonly string[];
}

/**
 * Configures all loggers of the process, those that exist as well, in what
 * their own options leave open. It replaces what was configured before: what is
 * left out goes back to its default. The environment is read when the first
 * line after it needs a default.
 *
 * @param options Level, handlers and so on.
 * @throws {TypeError} If an option is of the wrong kind, a module has no name or
 * a path is none.
 * @throws {RangeError} If level or format is unknown.
 *
 * @example A logger made before
 * ```ts
 * import {
 *   configureLogging,
 *   createServiceLogger,
 *   LineHandler,
 * } from "@huleedu/service-libs/logging";
 * import { assertEquals } from "@std/assert";
 *
 * const logger = createServiceLogger("essays");
 *
 * const lines: string[] = [];
 * configureLogging({
 *   level: "debug",
 *   handlers: [new LineHandler({ sink: (line) => lines.push(line) })],
 * });
 * logger.debug("Cache filled");
 * assertEquals(JSON.parse(lines[0]!).message, "Cache filled");
 *
 * configureLogging({});
 * ```
 */
export function configureLogging(options: LoggingOptions): void {
  const action = "configure logging";
  const { level, levels, handlers, format, fieldNames } = options;
  const file = options.file && new FileHandler(options.file);
  const changed: Settings = {
    serializer: createSerializer(action, withDefaultRule(action, options)),
    levels: levels === undefined ? new Map() : requireLevels(action, levels),
    ...(file && { file }),
  };
  if (level !== undefined) {
    changed.threshold = requireLevel(action, level).number;
  }
  if (handlers !== undefined) {
    changed.handlers = requireHandlers(action, handlers);
  }
  if (file !== undefined) {
    changed.handlers = [...(changed.handlers ?? stdoutHandlers()), file];
  }
  if (format !== undefined) changed.format = requireFormat(action, format);
  if (fieldNames !== undefined) {
    changed.fieldNames = requireFieldNames(action, fieldNames);
  }
  const { file: replaced } = settings;
  replaceSettings(changed);
  if (replaced !== undefined) close(replaced);
}

/** A file writes what waits before it returns: only its failure comes later. */
function close(file: AsyncDisposable): void {
  file[Symbol.asyncDispose]().then(undefined, (error) => {
    reportFailure(file, "logging", "Cannot close log file", error);
  });
}

function requireLevels(
  action: string,
  levels: Readonly<Record<string, LogLevel>>,
): ReadonlyMap<string, number> {
  if (typeof levels !== "object" || levels === null) {
    throw new TypeError(
      `Cannot ${action}: "levels" must be an object, received ${
        kindOf(levels)
      }`,
    );
  }
  if (Object.hasOwn(levels, "")) {
    throw new TypeError(
      `Cannot ${action}: "levels" must name modules, received an empty name`,
    );
  }
  return new Map(
    Object.entries(levels).map(([module, level]) => [
      module,
      requireLevel(action, level).number,
    ]),
  );
}
