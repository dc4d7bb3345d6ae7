// Copyright 2026 the HuleEdu authors. MIT license.

import { contextFragment } from "./_context_fragment.ts";
import { isFields, toFields } from "./_fields.ts";
import { EMPTY } from "./_fragment.ts";
import { levelOfNumber } from "./_levels.ts";
import { REDACTED } from "./_marks.ts";
import { Origin } from "./_origin.ts";
import { ServiceLogRecord } from "./_service_log_record.ts";
import { settings } from "./_settings.ts";
import { isError, readProperty } from "./_simple_value.ts";
import type { LogRecord } from "./log_handler.ts";

/** How many names of loggers are remembered. */
const MAX_ORIGINS = 1_000;

/**
 * Makes our records of those of `@std/log`: the name of the logger is the
 * module, and of the arguments each object gives its fields.
 */
export class ForeignRecords {
  readonly #service: string | undefined;
  readonly #origins = new Map<string, Origin>();

  /** Creates a converter; `service` is by default the logger's name. */
  constructor(service: string | undefined) {
    this.#service = service;
  }

  /** Makes one of our records. */
  toServiceRecord(record: LogRecord): ServiceLogRecord {
    const { serializer } = settings;
    const fields = fieldsOf(record.args);
    const isHidden = serializer.hides(["error", "message"]) &&
      isMessageOf(fields["error"], record.msg);
    return new ServiceLogRecord(
      this.#origin(record.loggerName),
      levelOfNumber(record.level),
      record.datetime.getTime(),
      serializer,
      contextFragment(serializer),
      EMPTY,
      isHidden ? REDACTED : record.msg,
      fields,
    );
  }

  #origin(loggerName: string): Origin {
    let origin = this.#origins.get(loggerName);
    if (origin === undefined) {
      origin = new Origin(this.#service ?? loggerName, loggerName);
      if (this.#origins.size < MAX_ORIGINS) {
        this.#origins.set(loggerName, origin);
      }
    }
    return origin;
  }
}

/** Tells whether a record was made of an error alone. */
function isMessageOf(error: unknown, message: string): boolean {
  return typeof error === "object" && error !== null &&
    readProperty(error, "message") === message;
}

/** The fields of all arguments; what has none is listed under `args`. */
function fieldsOf(args: readonly unknown[]): Record<string, unknown> {
  const fields: Record<string, unknown> = Object.create(null);
  const others: unknown[] = [];
  for (const arg of args) {
    try {
      const isNamed = typeof arg === "object" && arg !== null &&
        (isFields(arg) || (isError(arg) && !("error" in fields)));
      if (isNamed) Object.assign(fields, toFields(arg));
      else others.push(arg);
    } catch {
      others.push(arg);
    }
  }
  if (others.length > 0) fields["args"] = others;
  return fields;
}
