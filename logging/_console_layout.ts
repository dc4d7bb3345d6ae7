// Copyright 2026 the HuleEdu authors. MIT license.

import { isErrorData, stackText } from "./_error_data.ts";
import type { LineLayout } from "./_line_layout.ts";
import type { ServiceLogRecord } from "./_service_log_record.ts";
import { quote } from "./_text.ts";
import { isoTimestamp } from "./_timestamp.ts";

/** SGR codes of the levels, lowest first: grey, green, yellow, red, inverse. */
const LEVEL_COLORS: readonly string[] = ["90", "32", "33", "31", "1;37;41"];

const DIM = "2";
const BOLD = "1";
const CYAN = "36";

/** A value that needs no quotes to be read as one. */
const BARE = /^[^\s"'=]+$/;

/**
 * Makes text for people: time, level, logger, message and `name=value`. Stacks
 * of errors follow on lines of their own, since people read them so.
 *
 * @param hasColors Whether to colour it.
 * @returns The layout.
 */
export function consoleLayout(hasColors: boolean): LineLayout {
  function paint(code: string, text: string): string {
    return hasColors ? `\x1b[${code}m${text}\x1b[0m` : text;
  }

  return function layout(record: ServiceLogRecord): string {
    const { severity, origin } = record;
    const stacks: string[] = [];
    const words = [
      paint(DIM, isoTimestamp(record.time).replace("T", " ")),
      paint(LEVEL_COLORS[severity.index]!, severity.text.padEnd(8)),
      paint(CYAN, `[${unquoted(quote(origin.loggerName))}]`),
      paint(BOLD, unquoted(record.messageJson)),
    ];
    for (const [name, value] of Object.entries(record.args[0])) {
      const shown = takeStacks(value, name, stacks);
      words.push(
        `${paint(CYAN, unquoted(quote(name)))}=${valueText(shown)}`,
      );
    }
    return [words.join(" "), ...stacks.map(indented)].join("\n");
  };
}

/**
 * Takes the stacks out of the errors in a value, to be shown below: each with
 * where it stands, except that of the field `error` itself.
 */
function takeStacks(value: unknown, path: string, stacks: string[]): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    return value.map((each, index) =>
      takeStacks(each, `${path}.${index}`, stacks)
    );
  }
  let members = Object.entries(value);
  if (isErrorData(value)) {
    const label = path.endsWith(".cause") ? "Caused by" : path;
    stacks.push((path === "error" ? "" : `${label}: `) + stackText(value));
    members = members.filter(([name]) => name !== "stack");
  }
  return Object.fromEntries(
    members.map((
      [name, member],
    ) => [name, takeStacks(member, `${path}.${name}`, stacks)]),
  );
}

function valueText(value: unknown): string {
  const json = quote(value);
  const text = typeof value === "string" ? unquoted(json) : json;
  return typeof value === "string" && BARE.test(text) ? text : json;
}

/** Each line of a stack by itself, its control characters still escaped. */
function indented(stack: string): string {
  return stack.split("\n").map((line) => "    " + unquoted(quote(line)))
    .join("\n");
}

/** A JSON string without its quotes; what is dangerous stays escaped. */
function unquoted(json: string): string {
  return json.slice(1, -1).replace(/\\(["\\])/g, "$1");
}
