// Copyright 2026 the HuleEdu authors. MIT license.

import { consoleLayout } from "./_console_layout.ts";
import { ForeignRecords } from "./_foreign_records.ts";
import { defaultLayout, type LineLayout } from "./_line_layout.ts";
import { requireFieldNames, requireFormat } from "./_options.ts";
import { pythonLayout } from "./_python_layout.ts";
import { ServiceLogRecord } from "./_service_log_record.ts";
import { type Settings, settings } from "./_settings.ts";
import { hasStdoutColors, stdoutFormat } from "./_terminal.ts";
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

/** Where lines go, which says what form they have when nobody else does. */
export type LineTarget = "stdout" | "sink" | "file";

/** Makes lines of records, of this library or of `@std/log`. */
export class LineFormat {
  readonly #options: LineFormatOptions;
  readonly #target: LineTarget;
  readonly #foreign: ForeignRecords;
  #layout: LineLayout = defaultLayout;
  #madeFor: Settings | undefined;

  /**
   * Creates a format; it reads no settings yet.
   *
   * @throws {RangeError} If an option is unknown.
   */
  constructor(action: string, options: LineFormatOptions, target: LineTarget) {
    const { format, fieldNames } = options;
    if (format !== undefined) requireFormat(action, format);
    if (fieldNames !== undefined) requireFieldNames(action, fieldNames);
    this.#options = { ...options };
    this.#target = target;
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
    if (this.#madeFor !== settings) {
      this.#layout = this.#makeLayout();
      this.#madeFor = settings;
    }
    return this.#layout(this.toServiceRecord(record));
  }

  #makeLayout(): LineLayout {
    const { format, colors, fieldNames, environment } = this.#options;
    if ((format ?? this.#defaultFormat()) === "console") {
      const isStdout = this.#target === "stdout";
      return consoleLayout(colors ?? (isStdout && hasStdoutColors()));
    }
    return (fieldNames ?? settings.fieldNames) === "python"
      ? pythonLayout(environment)
      : defaultLayout;
  }

  #defaultFormat(): LogFormat {
    if (this.#target === "file") return "json";
    return settings.format ??
      (this.#target === "stdout" ? stdoutFormat() : "json");
  }
}
