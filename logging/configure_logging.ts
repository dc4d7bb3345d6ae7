// Copyright 2026 the HuleEdu authors. MIT license.

import { requireLevel } from "./_levels.ts";
import {
  requireFieldNames,
  requireFormat,
  requireHandlers,
} from "./_options.ts";
import { createSerializer } from "./_redaction.ts";
import { replaceSettings, type Settings } from "./_settings.ts";
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
   * The form of the default handler: else `LOG_FORMAT`, else `"console"` on a
   * terminal and `"json"` anywhere else.
   */
  readonly format?: LogFormat;
  /**
   * The names of the fields in the lines of the default handler.
   *
   * @default {"default"}
   */
  readonly fieldNames?: LogFieldNames;
  /** Tells which fields are redacted. The function `isSecretKey` by default. */
  readonly isSecretKey?: (key: string) => boolean;
  /**
   * The paths of fields that are redacted as well: names apart by dots, `*` for
   * any one name or index, as in `user.email` or `pupils.*.personal_number`.
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
 * @throws {TypeError} If an option is of the wrong kind.
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
  const settings: Settings = {
    serializer: createSerializer(action, options),
    levels: requireLevels(action, levels ?? {}),
  };
  if (level !== undefined) {
    settings.threshold = requireLevel(action, level).number;
  }
  if (handlers !== undefined) {
    settings.handlers = requireHandlers(action, handlers);
  }
  if (format !== undefined) settings.format = requireFormat(action, format);
  if (fieldNames !== undefined) {
    settings.fieldNames = requireFieldNames(action, fieldNames);
  }
  replaceSettings(settings);
}

function requireLevels(
  action: string,
  levels: Readonly<Record<string, LogLevel>>,
): ReadonlyMap<string, number> {
  return new Map(
    Object.entries(levels).map(([module, level]) => [
      module,
      requireLevel(action, level).number,
    ]),
  );
}
