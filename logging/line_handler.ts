// Copyright 2026 the HuleEdu authors. MIT license.

import { requireLevel } from "./_levels.ts";
import { LineFormat } from "./_line_format.ts";
import { Losses } from "./_losses.ts";
import { writeToStdout } from "./_stdout.ts";
import type { LogFieldNames } from "./log_field_names.ts";
import type { LogFormat } from "./log_format.ts";
import type { LogHandler, LogRecord } from "./log_handler.ts";
import type { LogLevel } from "./log_level.ts";
import type { LogSink } from "./log_sink.ts";

/** Options of {@linkcode LineHandler}. */
export interface LineHandlerOptions {
  /**
   * Where the lines go. By default to stdout, written before the logging call
   * returns, so that the last line before an exit is there and nothing waits in
   * memory. A pipe whose reader is slow makes the call wait: a blocking pipe,
   * the usual one in Deno, for as long as its reader does not read. A non-blocking
   * one, as Node makes it, that takes nothing for 5 seconds has lines dropped
   * whole until it is read again.
   */
  readonly sink?: LogSink;
  /**
   * The lowest level that is handled.
   *
   * @default {"debug"}
   */
  readonly level?: LogLevel;
  /**
   * The form of the lines: else that of `configureLogging`. Else, on stdout,
   * `LOG_FORMAT`, `"console"` on a terminal and `"json"` anywhere else; in a sink
   * `"json"`.
   */
  readonly format?: LogFormat;
  /**
   * Whether lines for people are coloured. By default on a terminal, unless
   * `NO_COLOR` is set, and never in a sink.
   */
  readonly colors?: boolean;
  /**
   * The names of the fields in JSON lines. With `"python"` a line has those of
   * the Python services in their order: `logger_name` (the module, where it is
   * not the service), the fields of the logger and the call, `event` (the
   * message), context, `service.name`, `deployment.environment`, `trace_id` and
   * `span_id`, `timestamp`, `level`, and an error under `error` as `exception`,
   * the text of its stacks, the first cause first; what else it carries stays
   * under `error`. `filename`, `func_name` and `lineno` are left out. By default
   * those of `configureLogging`.
   */
  readonly fieldNames?: LogFieldNames;
  /**
   * The `deployment.environment` of lines with the names of the Python services.
   * By default the variable `ENVIRONMENT`, else `development`, as there.
   */
  readonly environment?: string;
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
  readonly #format: LineFormat;
  readonly #losses = new Losses();

  /**
   * Creates a handler. Settings and environment are read with its first line.
   *
   * @param options Sink, level and form.
   * @throws {RangeError} If level, format or field names are unknown.
   */
  constructor(options: LineHandlerOptions = {}) {
    const action = "create line handler";
    this.#threshold = requireLevel(action, options.level ?? "debug").number;
    this.#sink = options.sink ?? writeToStdout;
    const target = options.sink === undefined ? "stdout" : "sink";
    this.#format = new LineFormat(action, options, target);
  }

  /**
   * Writes the line of a record, if its level is high enough. Never throws: that
   * a sink fails is reported on stderr, once, and the lines that are lost so are
   * counted in the line `Lost log lines`, before the next one that gets through.
   *
   * @param record The record, of this library or of `@std/log`.
   */
  handle(record: LogRecord): void {
    if (record.level < this.#threshold) return;
    try {
      if (this.#losses.count > 0) this.#tellLosses();
      this.#sink(this.#format.line(record));
    } catch (error) {
      const read = () => this.#format.toServiceRecord(record);
      this.#losses.add(this, read, error);
    }
  }

  /**
   * Makes the line of a record.
   *
   * @param record The record, of this library or of `@std/log`.
   * @returns The line, without a line feed at its end.
   */
  format(record: LogRecord): string {
    return this.#format.line(record);
  }

  #tellLosses(): void {
    this.#sink(this.#format.line(this.#losses.toRecord()));
    this.#losses.clear();
  }
}
