// Copyright 2026 the HuleEdu authors. MIT license.

import { requireLevel } from "./_levels.ts";
import {
  requireFormat,
  requireHandlers,
  requirePredicate,
} from "./_options.ts";
import { Serializer } from "./_serializer.ts";
import { replaceSettings, type Settings } from "./_settings.ts";
import { isSecretKey as isSecretKeyByDefault } from "./is_secret_key.ts";
import type { LogFormat } from "./log_format.ts";
import type { LogHandler } from "./log_handler.ts";
import type { LogLevel } from "./log_level.ts";

/** Options of {@linkcode configureLogging}. */
export interface LoggingOptions {
  /** The lowest level that is logged: else `LOG_LEVEL`, else `"info"`. */
  readonly level?: LogLevel;
  /** What the records are handed to. By default one handler, to stdout. */
  readonly handlers?: readonly LogHandler[];
  /**
   * The form of the default handler: else `LOG_FORMAT`, else `"console"` on a
   * terminal and `"json"` anywhere else.
   */
  readonly format?: LogFormat;
  /** Tells which fields are redacted. The function `isSecretKey` by default. */
  readonly isSecretKey?: (key: string) => boolean;
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
  const { level, handlers, format, isSecretKey } = options;
  const settings: Settings = {
    serializer: new Serializer(
      requirePredicate(
        action,
        "isSecretKey",
        isSecretKey ?? isSecretKeyByDefault,
      ),
    ),
  };
  if (level !== undefined) {
    settings.threshold = requireLevel(action, level).number;
  }
  if (handlers !== undefined) {
    settings.handlers = requireHandlers(action, handlers);
  }
  if (format !== undefined) settings.format = requireFormat(action, format);
  replaceSettings(settings);
}
