// Copyright 2026 the HuleEdu authors. MIT license.

import { isErrorData, stackText } from "./_error_data.ts";
import { freeName } from "./_free_name.ts";
import type { LineLayout } from "./_line_layout.ts";
import type { ServiceLogRecord } from "./_service_log_record.ts";
import { readEnv } from "./_settings.ts";
import { quote } from "./_text.ts";
import { isoTimestamp } from "./_timestamp.ts";

/** Names that the Python services' line itself uses. */
const RESERVED: ReadonlySet<string> = new Set([
  "logger_name",
  "event",
  "service.name",
  "deployment.environment",
  "timestamp",
  "level",
  "exception",
]);

/** Context that stands after the environment there. */
const TRACE: readonly string[] = ["trace_id", "span_id"];

/** What stands between the tracebacks of an error and its cause there. */
const CHAIN =
  "\n\nThe above exception was the direct cause of the following exception:\n\n";

/**
 * Makes lines with the names and the order of the Python services: the module
 * as `logger_name`, the fields, `event`, context, `service.name`,
 * `deployment.environment`, trace, `timestamp`, `level`, and an error under
 * `error` as the text `exception`; what is not in that text, such as a `code`,
 * stays under `error`. A field named like one of the line's own is written as
 * `fields.event` and so on. Where in the code a line comes from is not told: to
 * find it out costs more than the line.
 *
 * @param environment The `deployment.environment`; by default `ENVIRONMENT`,
 * else `development`.
 * @returns The layout.
 */
export function pythonLayout(environment?: string): LineLayout {
  let tail: string | undefined;
  return function layout(record: ServiceLogRecord): string {
    tail ??= pair(
      "deployment.environment",
      environment ?? readEnv("ENVIRONMENT") ?? "development",
    );
    const { service, module } = record.origin;
    const { error, ...fields } = record.args[0];
    const { exception, rest } = takeException(error);
    if (rest !== undefined) Object.assign(fields, { error: rest });
    const own: string[] = module === service
      ? []
      : [pair("logger_name", module)];
    const context: string[] = [];
    const trace: string[] = [];
    for (const [name, value] of Object.entries(fields)) {
      const written = pair(freeName(RESERVED, name, fields), value);
      if (!record.isContext(name)) own.push(written);
      else if (TRACE.includes(name)) trace.push(written);
      else context.push(written);
    }
    const parts = [
      ...own,
      `"event":${record.messageJson}`,
      ...context,
      pair("service.name", service),
      tail,
      ...trace,
      pair("timestamp", isoTimestamp(record.time).replace("Z", "000Z")),
      pair("level", record.severity.text),
    ];
    if (exception !== undefined) parts.push(pair("exception", exception));
    return `{${parts.join(",")}}`;
  };
}

function pair(name: string, value: unknown): string {
  return `${quote(name)}:${quote(value)}`;
}

/**
 * Parts an error into the stacks of it and its causes, the first cause first,
 * and what they carry beside.
 */
function takeException(
  error: unknown,
): { readonly exception?: string; readonly rest?: unknown } {
  if (!isErrorData(error)) return { rest: error };
  const { name: _, message: __, stack: ___, cause, ...others } = error;
  const first = takeException(cause);
  const rest = first.rest === undefined
    ? others
    : { ...others, cause: first.rest };
  const text = stackText(error);
  return {
    exception: first.exception === undefined
      ? text
      : first.exception + CHAIN + text,
    ...(Object.keys(rest).length > 0 && { rest }),
  };
}
