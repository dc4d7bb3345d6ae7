// Copyright 2026 the HuleEdu authors. MIT license.

import { consoleLayout } from "./_console_layout.ts";
import { ForeignRecords } from "./_foreign_records.ts";
import { requireLevel } from "./_levels.ts";
import { defaultLayout, type LineLayout } from "./_line_layout.ts";
import { requireFormat } from "./_options.ts";
import { reportFailure } from "./_report_failure.ts";
import { ServiceLogRecord } from "./_service_log_record.ts";
import { writeToStdout } from "./_stdout.ts";
import type { LogFormat } from "./log_format.ts";
import type { LogHandler, LogRecord } from "./log_handler.ts";
import type { LogLevel } from "./log_level.ts";
import type { LogSink } from "./log_sink.ts";

/** Options of {@linkcode LineHandler}. */
export interface LineHandlerOptions {
  /**
   * Where the lines go. By default to stdout, written before the logging call
   * returns, so that the last line before an exit is there.
   */
  readonly sink?: LogSink;
  /**
   * The lowest level that is handled.
   *
   * @default {"debug"}
   */
  readonly level?: LogLevel;
  /**
   * The form of the lines.
   *
   * @default {"json"}
   */
  readonly format?: LogFormat;
  /**
   * Whether lines for people are coloured.
   *
   * @default {false}
   */
  readonly colors?: boolean;
  /**
   * The service in the lines of loggers of `@std/log`, which know only a name.
   * That name by default.
   */
  readonly service?: string;
}

/**
 * Writes each record as one line, and hands the line to a sink. In the form for
 * people, the stacks of errors follow in lines of their own.
 *
 * @example Capturing lines
 * ```ts
 * import { createServiceLogger, LineHandler } from "@huleedu/service-libs/logging";
 * import { assertEquals } from "@std/assert";
 *
 * const lines: string[] = [];
 * const handler = new LineHandler({ sink: (line) => lines.push(line) });
 * const logger = createServiceLogger("essays", { handlers: [handler] });
 * logger.info("Essay stored", { essay_id: "e1" });
 *
 * const { timestamp: _, ...line } = JSON.parse(lines[0]!);
 * assertEquals(line, {
 *   level: "info",
 *   service: "essays",
 *   module: "essays",
 *   message: "Essay stored",
 *   essay_id: "e1",
 * });
 * ```
 */
export class LineHandler implements LogHandler {
  readonly #threshold: number;
  readonly #sink: LogSink;
  readonly #layout: LineLayout;
  readonly #foreign: ForeignRecords;

  /**
   * Creates a handler.
   *
   * @param options Sink, level and form.
   * @throws {RangeError} If level or format is unknown.
   */
  constructor(options: LineHandlerOptions = {}) {
    const action = "create line handler";
    const level = requireLevel(action, options.level ?? "debug");
    const format = requireFormat(action, options.format ?? "json");
    this.#threshold = level.number;
    this.#sink = options.sink ?? writeToStdout;
    this.#layout = format === "json"
      ? defaultLayout
      : consoleLayout(options.colors ?? false);
    this.#foreign = new ForeignRecords(options.service);
  }

  /**
   * Writes the line of a record, if its level is high enough. Never throws: that
   * a sink fails is reported on stderr, once.
   *
   * @param record The record, of this library or of `@std/log`.
   */
  handle(record: LogRecord): void {
    if (record.level < this.#threshold) return;
    try {
      this.#sink(this.format(record));
    } catch (error) {
      const message = "Lost log lines: handler failed";
      reportFailure(this, record.loggerName, message, error);
    }
  }

  /**
   * Makes the line of a record.
   *
   * @param record The record, of this library or of `@std/log`.
   * @returns The line, without a line feed at its end.
   */
  format(record: LogRecord): string {
    return this.#layout(
      record instanceof ServiceLogRecord
        ? record
        : this.#foreign.toServiceRecord(record),
    );
  }
}
