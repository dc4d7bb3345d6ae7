// Copyright 2026 the HuleEdu authors. MIT license.

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
 * `error` as the text `exception`. A field named like one of the line's own is
 * written as `fields.event` and so on. Where in the code a line comes from is
 * not told: to find it out costs more than the line.
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
    const exception = exceptionText(error);
    if (error !== undefined && exception === undefined) {
      Object.assign(fields, { error });
    }
    const own: string[] = module === service
      ? []
      : [pair("logger_name", module)];
    const context: string[] = [];
    const trace: string[] = [];
    for (const [name, value] of Object.entries(fields)) {
      const written = pair(freeName(name, fields), value);
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

function freeName(name: string, fields: object): string {
  if (!RESERVED.has(name)) return name;
  let free = `fields.${name}`;
  while (Object.hasOwn(fields, free)) free = `fields.${free}`;
  return free;
}

/** The stacks of an error and its causes, the first cause first. */
function exceptionText(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { stack, cause } = error as { stack?: unknown; cause?: unknown };
  if (typeof stack !== "string") return undefined;
  const first = exceptionText(cause);
  return first === undefined ? stack : first + CHAIN + stack;
}
