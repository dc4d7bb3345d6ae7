// Copyright 2026 the HuleEdu authors. MIT license.

import { currentContext } from "../events/context.ts";
import type { LogFields, Logger } from "../protocols.ts";

/** One call of a {@linkcode RecordingLogger}. */
export interface RecordedLine {
  /** The method that was called. */
  readonly level: Exclude<keyof Logger, "child">;
  /** The message. */
  readonly message: string;
  /**
   * The fields of the current context, of the child loggers and of the call; the
   * later ones win.
   */
  readonly fields: LogFields;
}

/** What a recorded line must have to match. */
export interface RecordedLineQuery {
  /** The level. Any by default. */
  readonly level?: RecordedLine["level"];
  /** The whole message, or a pattern of it. Any by default. */
  readonly message?: string | RegExp;
  /** Fields that must have exactly these values, by `Object.is`. */
  readonly fields?: LogFields;
}

/**
 * A logger that keeps its lines for a test to look at. Children share the lines
 * of their parent.
 *
 * @example Looking for a line
 * ```ts
 * import { RecordingLogger } from "@huleedu/service-libs/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const logger = new RecordingLogger();
 * logger.child({ essay_id: "e-1" }).warn("Essay is empty");
 *
 * const line = logger.find({ level: "warn", message: /empty/ });
 * assertEquals(line?.fields, { essay_id: "e-1" });
 * assertEquals(logger.take({ level: "warn" }).length, 1);
 * assertEquals(logger.lines, []);
 * ```
 */
export class RecordingLogger implements Logger {
  #lines: RecordedLine[] = [];
  #bound: LogFields = {};

  /** What was logged, in order. A copy. */
  get lines(): readonly RecordedLine[] {
    return [...this.#lines];
  }

  /** Creates a logger. Its methods may be handed on by themselves. */
  constructor() {
    this.debug = this.debug.bind(this);
    this.info = this.info.bind(this);
    this.warn = this.warn.bind(this);
    this.error = this.error.bind(this);
    this.critical = this.critical.bind(this);
    this.child = this.child.bind(this);
  }

  /**
   * Records a line at level `debug`.
   *
   * @param message The message.
   * @param fields Extra fields.
   */
  debug(message: string, fields?: LogFields): void {
    this.#record("debug", message, fields);
  }

  /**
   * Records a line at level `info`.
   *
   * @param message The message.
   * @param fields Extra fields.
   */
  info(message: string, fields?: LogFields): void {
    this.#record("info", message, fields);
  }

  /**
   * Records a line at level `warn`.
   *
   * @param message The message.
   * @param fields Extra fields.
   */
  warn(message: string, fields?: LogFields): void {
    this.#record("warn", message, fields);
  }

  /**
   * Records a line at level `error`.
   *
   * @param message The message.
   * @param fields Extra fields.
   */
  error(message: string, fields?: LogFields): void {
    this.#record("error", message, fields);
  }

  /**
   * Records a line at level `critical`.
   *
   * @param message The message.
   * @param fields Extra fields.
   */
  critical(message: string, fields?: LogFields): void {
    this.#record("critical", message, fields);
  }

  /**
   * A logger that adds fields to each of its lines, and records them here.
   *
   * @param fields The fields to add.
   * @returns The child.
   */
  child(fields: LogFields): RecordingLogger {
    const child = new RecordingLogger();
    child.#lines = this.#lines;
    child.#bound = mergeFields(this.#bound, fields);
    return child;
  }

  /**
   * The first line that matches.
   *
   * @param query What it must have. Any line by default.
   * @returns The line, or `undefined`.
   */
  find(query: RecordedLineQuery = {}): RecordedLine | undefined {
    return this.#lines.find((line) => matches(line, query));
  }

  /**
   * Removes the lines that match.
   *
   * @param query What they must have. All lines by default.
   * @returns The lines, in order.
   */
  take(query: RecordedLineQuery = {}): RecordedLine[] {
    const taken = this.#lines.filter((line) => matches(line, query));
    const left = this.#lines.filter((line) => !matches(line, query));
    this.#lines.splice(0, this.#lines.length, ...left);
    return taken;
  }

  #record(
    level: RecordedLine["level"],
    message: string,
    fields: LogFields = {},
  ): void {
    this.#lines.push({
      level,
      message,
      fields: mergeFields(currentContext(), this.#bound, fields),
    });
  }
}

// Copied, so that what is changed later does not change what was recorded; and
// field by field, since a logging call never throws.
function mergeFields(...sources: LogFields[]): LogFields {
  const merged: Record<string, unknown> = {};
  for (const source of sources) {
    for (const name of Object.keys(source ?? {})) {
      try {
        merged[name] = source[name];
      } catch (error) {
        merged[name] = error;
      }
    }
  }
  return merged;
}

function matches(line: RecordedLine, query: RecordedLineQuery): boolean {
  const { level, message, fields = {} } = query;
  if (level !== undefined && line.level !== level) return false;
  if (typeof message === "string" && line.message !== message) return false;
  if (message instanceof RegExp && line.message.search(message) < 0) {
    return false;
  }
  return Object.entries(fields).every(([name, value]) =>
    Object.is(line.fields[name], value)
  );
}
