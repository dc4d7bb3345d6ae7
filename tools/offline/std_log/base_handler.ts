// Copyright 2026 the HuleEdu authors. MIT license.

import {
  getLevelByName,
  getLevelName,
  type LevelName,
  type LogLevel,
} from "./levels.ts";
import type { LogRecord } from "./logger.ts";

/** Makes the text of a record. */
export type FormatterFunction = (logRecord: LogRecord) => string;

/** Options of {@linkcode BaseHandler}. */
export interface BaseHandlerOptions {
  /** Makes the text of a record; level and message by default. */
  formatter?: FormatterFunction;
}

/**
 * What handlers derive from: filters by level, formats, and hands the text to
 * `log()`. Abstract, the stricter reading of the documentation: what passes
 * here passes with a class that can also be constructed.
 */
export abstract class BaseHandler {
  // Private by name: as in the published class, only a subclass is assignable.
  #level: LogLevel;
  /** Makes the text of a record. */
  formatter: FormatterFunction;

  /** Creates a handler of records at `levelName` and above. */
  constructor(levelName: LevelName, options: BaseHandlerOptions = {}) {
    this.#level = getLevelByName(levelName);
    this.formatter = options.formatter ?? formatPlainly;
  }

  /** The lowest level that is handled, as a number. */
  get level(): LogLevel {
    return this.#level;
  }
  set level(level: LogLevel) {
    getLevelName(level);
    this.#level = level;
  }

  /** The lowest level that is handled, by name. */
  get levelName(): LevelName {
    return getLevelName(this.#level);
  }
  set levelName(levelName: LevelName) {
    this.#level = getLevelByName(levelName);
  }

  /** Handles a record, unless its level is too low. */
  handle(logRecord: LogRecord): void {
    if (logRecord.level >= this.#level) this.log(this.format(logRecord));
  }

  /** The text of a record. */
  format(logRecord: LogRecord): string {
    return this.formatter(logRecord);
  }

  /** Puts the text where it goes. */
  abstract log(msg: string): void;

  /** Called when the handler is put to use. */
  setup(): void {}

  /** Called when the handler is no longer used. */
  destroy(): void {}

  /** The same as `destroy()`, for `using`. */
  [Symbol.dispose](): void {
    this.destroy();
  }
}

function formatPlainly(record: LogRecord): string {
  return `${record.levelName} ${record.msg}`;
}
