// Copyright 2026 the HuleEdu authors. MIT license.

import type { BaseHandler } from "./base_handler.ts";
import {
  getLevelByName,
  getLevelName,
  type LevelName,
  type LogLevel,
  LogLevels,
} from "./levels.ts";

/** What a record is made of. */
export interface LogRecordOptions {
  /** The message. */
  msg: string;
  /** The other arguments of the call. */
  args: unknown[];
  /** The level. */
  level: LogLevel;
  /** The name of the logger. */
  loggerName: string;
}

/** One logging call. */
export class LogRecord {
  /** The message. */
  readonly msg: string;
  /** The level, as a number. */
  readonly level: number;
  /** The level, by name. */
  readonly levelName: string;
  /** The name of the logger. */
  readonly loggerName: string;
  readonly #args: readonly unknown[];
  readonly #time = Date.now();

  /** Creates a record of this moment. */
  constructor(options: LogRecordOptions) {
    this.msg = options.msg;
    this.level = options.level;
    this.levelName = getLevelName(options.level);
    this.loggerName = options.loggerName;
    this.#args = [...options.args];
  }

  /** The other arguments of the call. */
  get args(): unknown[] {
    return [...this.#args];
  }

  /** When the call was. */
  get datetime(): Date {
    return new Date(this.#time);
  }
}

/** Options of {@linkcode Logger}. */
export interface LoggerOptions {
  /** What the records are handed to. */
  handlers?: BaseHandler[];
}

/**
 * Hands each call at its level or above to its handlers as a record. A message
 * is returned as it came; a function is called only if the record is made, and
 * its result returned.
 */
export class Logger {
  /** What the records are handed to. */
  handlers: BaseHandler[];
  readonly #loggerName: string;
  #level: LogLevel;

  /** Creates a logger. */
  constructor(
    loggerName: string,
    levelName: LevelName,
    options: LoggerOptions = {},
  ) {
    this.#loggerName = loggerName;
    this.#level = getLevelByName(levelName);
    this.handlers = options.handlers ?? [];
  }

  /** The name of the logger. */
  get loggerName(): string {
    return this.#loggerName;
  }

  /** The lowest level that is logged, as a number. */
  get level(): LogLevel {
    return this.#level;
  }
  set level(level: LogLevel) {
    getLevelName(level);
    this.#level = level;
  }

  /** The lowest level that is logged, by name. */
  get levelName(): LevelName {
    return getLevelName(this.#level);
  }
  set levelName(levelName: LevelName) {
    this.#level = getLevelByName(levelName);
  }

  /** Logs at DEBUG. */
  debug<T>(msg: T | (() => T), ...args: unknown[]): T | undefined {
    return this.#emit(LogLevels.DEBUG, msg, args);
  }

  /** Logs at INFO. */
  info<T>(msg: T | (() => T), ...args: unknown[]): T | undefined {
    return this.#emit(LogLevels.INFO, msg, args);
  }

  /** Logs at WARN. */
  warn<T>(msg: T | (() => T), ...args: unknown[]): T | undefined {
    return this.#emit(LogLevels.WARN, msg, args);
  }

  /** Logs at ERROR. */
  error<T>(msg: T | (() => T), ...args: unknown[]): T | undefined {
    return this.#emit(LogLevels.ERROR, msg, args);
  }

  /** Logs at CRITICAL. */
  critical<T>(msg: T | (() => T), ...args: unknown[]): T | undefined {
    return this.#emit(LogLevels.CRITICAL, msg, args);
  }

  #emit<T>(
    level: LogLevel,
    msg: T | (() => T),
    args: unknown[],
  ): T | undefined {
    const isLazy = typeof msg === "function";
    if (level < this.#level) return isLazy ? undefined : msg as T;
    const value = isLazy ? (msg as () => T)() : msg as T;
    const record = new LogRecord({
      msg: asText(value),
      args,
      level,
      loggerName: this.#loggerName,
    });
    for (const handler of this.handlers) handler.handle(record);
    return value;
  }
}

function asText(value: unknown): string {
  if (value instanceof Error) return value.stack ?? String(value);
  if (typeof value === "object" && value !== null) return JSON.stringify(value);
  return String(value);
}
