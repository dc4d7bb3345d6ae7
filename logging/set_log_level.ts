// Copyright 2026 the HuleEdu authors. MIT license.

import { requireLevel } from "./_levels.ts";
import { requireName } from "./_options.ts";
import { replaceSettings, type Settings, settings } from "./_settings.ts";
import type { LogLevel } from "./log_level.ts";

/**
 * Changes the lowest level that is logged, from the next line on and for all
 * loggers that exist; the rest of what was configured stays.
 *
 * @param level The level. Absent, it goes back to its default: for a module what
 * applies to all others, else `LOG_LEVEL`, else info.
 * @param module The module to change; else all loggers that have no level of
 * their own. A module's level counts for the modules in it too, and before the
 * one that a logger was created with.
 * @throws {RangeError} If the level is unknown.
 * @throws {TypeError} If the module has no name.
 *
 * @example A closer look at one module
 * ```ts
 * import {
 *   createServiceLogger,
 *   LineHandler,
 *   setLogLevel,
 * } from "@huleedu/service-libs/logging";
 * import { assertEquals } from "@std/assert";
 *
 * const lines: string[] = [];
 * const logger = createServiceLogger("essays", {
 *   module: "grading.rules",
 *   handlers: [new LineHandler({ sink: (line) => lines.push(line) })],
 * });
 *
 * logger.debug("Not shown");
 * setLogLevel("debug", "grading");
 * logger.debug("Shown");
 * setLogLevel(undefined, "grading");
 * logger.debug("Not shown");
 * assertEquals(lines.length, 1);
 * ```
 */
export function setLogLevel(
  level: LogLevel | undefined,
  module?: string,
): void {
  const action = "set log level";
  const threshold = level === undefined
    ? undefined
    : requireLevel(action, level).number;
  if (module === undefined) {
    const { threshold: _, ...rest } = settings;
    const changed: Settings = rest;
    if (threshold !== undefined) changed.threshold = threshold;
    replaceSettings(changed);
    return;
  }
  const levels = new Map(settings.levels);
  requireName(action, "module", module);
  if (threshold === undefined) levels.delete(module);
  else levels.set(module, threshold);
  replaceSettings({ ...settings, levels });
}
