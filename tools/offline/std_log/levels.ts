// Copyright 2026 the HuleEdu authors. MIT license.

/** The numbers of the levels, by name. */
export const LogLevels = {
  NOTSET: 0,
  DEBUG: 10,
  INFO: 20,
  WARN: 30,
  ERROR: 40,
  CRITICAL: 50,
} as const;

/** The name of a level. */
export type LevelName = keyof typeof LogLevels;

/** The number of a level. */
export type LogLevel = typeof LogLevels[LevelName];

/** The names of the levels, lowest first. */
export const LogLevelNames: LevelName[] = Object.keys(LogLevels).filter(
  isLevelName,
);

/** The number of the level with this name. */
export function getLevelByName(name: LevelName): LogLevel {
  if (!isLevelName(name)) {
    throw new Error(`Cannot get log level: no level named "${name}"`);
  }
  return LogLevels[name];
}

/** The name of the level with this number. */
export function getLevelName(level: LogLevel): LevelName {
  const found = LogLevelNames.find((name) => LogLevels[name] === level);
  if (found === undefined) {
    throw new Error(`Cannot get level name: no level ${level}`);
  }
  return found;
}

function isLevelName(name: string): name is LevelName {
  return Object.hasOwn(LogLevels, name);
}
