// Copyright 2026 the HuleEdu authors. MIT license.

import { consoleLayout } from "./_console_layout.ts";
import { ForeignRecords } from "./_foreign_records.ts";
import { defaultLayout, type LineLayout } from "./_line_layout.ts";
import { requireFieldNames, requireFormat } from "./_options.ts";
import { pythonLayout } from "./_python_layout.ts";
import { ServiceLogRecord } from "./_service_log_record.ts";
import type { LogFieldNames } from "./log_field_names.ts";
import type { LogFormat } from "./log_format.ts";
import type { LogRecord } from "./log_handler.ts";

/** How lines look. */
export interface LineFormatOptions {
  /** The form. */
  readonly format?: LogFormat;
  /** Whether lines for people are coloured. */
  readonly colors?: boolean;
  /** The names of the fields. */
  readonly fieldNames?: LogFieldNames;
  /** The environment, where the names are those of the Python services. */
  readonly environment?: string;
  /** The service in the lines of loggers of `@std/log`. */
  readonly service?: string;
}

/** Makes lines of records, of this library or of `@std/log`. */
export class LineFormat {
  readonly #layout: LineLayout;
  readonly #foreign: ForeignRecords;

  /**
   * Creates a format.
   *
   * @throws {RangeError} If an option is unknown.
   */
  constructor(action: string, options: LineFormatOptions) {
    const format = requireFormat(action, options.format ?? "json");
    const names = requireFieldNames(action, options.fieldNames ?? "default");
    if (format === "console") {
      this.#layout = consoleLayout(options.colors ?? false);
    } else {
      this.#layout = names === "python"
        ? pythonLayout(options.environment)
        : defaultLayout;
    }
    this.#foreign = new ForeignRecords(options.service);
  }

  /** Makes a record one of ours. */
  toServiceRecord(record: LogRecord): ServiceLogRecord {
    return record instanceof ServiceLogRecord
      ? record
      : this.#foreign.toServiceRecord(record);
  }

  /** Makes the line of a record, without a line feed at its end. */
  line(record: LogRecord): string {
    return this.#layout(this.toServiceRecord(record));
  }
}
