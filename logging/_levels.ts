// Copyright 2026 the HuleEdu authors. MIT license.

import { type LevelName, LogLevels } from "@std/log/levels";
import { kindOf } from "./_options.ts";
import type { LogLevel } from "./log_level.ts";

/** A level in every spelling that is needed. */
export interface Level {
  /** Its place, 0 for the lowest. */
  readonly index: number;
  /** Its number in `@std/log`. */
  readonly number: number;
  /** Its name in `@std/log`. */
  readonly name: LevelName;
  /** Its name in a line. */
  readonly text: string;
}

/** The levels, lowest first. */
export const LEVELS: readonly [Level, Level, Level, Level, Level] = [
  { index: 0, number: LogLevels.DEBUG, name: "DEBUG", text: "debug" },
  { index: 1, number: LogLevels.INFO, name: "INFO", text: "info" },
  { index: 2, number: LogLevels.WARN, name: "WARN", text: "warning" },
  { index: 3, number: LogLevels.ERROR, name: "ERROR", text: "error" },
  { index: 4, number: LogLevels.CRITICAL, name: "CRITICAL", text: "critical" },
];

/** The level of a name in any case, `warn` included; `undefined` if unknown. */
export function levelOf(name: string): Level | undefined {
  const text = name.toLowerCase();
  return LEVELS.find((level) =>
    level.text === text || level.name.toLowerCase() === text
  );
}

/** The highest level that is not above `number`. */
export function levelOfNumber(number: number): Level {
  return LEVELS.findLast((level) => level.number <= number) ?? LEVELS[0];
}

/**
 * The level that an option names.
 *
 * @throws {RangeError} If it names none.
 */
export function requireLevel(action: string, value: LogLevel): Level {
  const level = typeof value === "string" ? levelOf(value) : undefined;
  if (level !== undefined) return level;
  throw new RangeError(
    `Cannot ${action}: "level" must be "debug", "info", "warning", "error" or "critical", received ${
      kindOf(value)
    }`,
  );
}
