// Copyright 2026 the HuleEdu authors. MIT license.

import { EventError } from "./event_error.ts";
import { quoteAscii } from "./_canonical_json.ts";
import { pythonNumber } from "./_json_number.ts";
import { findJsonProblem } from "./_json_value.ts";

const RULES = { bigint: true, nonFinite: false };

/** Text that is written as it is: printable ASCII but quotes and backslashes. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** A value that has no JSON form: where in it, and why. */
export class JsonValueError extends EventError {
  /** The name of the class, for logs. */
  override name = "JsonValueError";
  /** Where: `data.items[0]`; empty for the value itself. */
  readonly path: string;
  /** What is wrong there. */
  readonly reason: string;

  /**
   * Makes the error.
   *
   * @param path Where; empty for the value itself.
   * @param reason What is wrong there, as the rest of a sentence.
   * @param options The cause.
   */
  constructor(path: string, reason: string, options?: ErrorOptions) {
    const subject = path === "" ? "the value" : `"${path}"`;
    super(`Cannot write JSON: ${subject} ${reason}`, options);
    this.path = path;
    this.reason = reason;
  }
}

/**
 * Writes a value as Python's `json.dumps` does by default, byte for byte:
 * `", "` and `": "`, ASCII only, keys in their order, floats by `repr`. Integers
 * stay integers, and a bigint is one.
 *
 * One deliberate difference: Python writes `NaN`, which no browser can read;
 * here it is an error. `toJSON` is obeyed and members that are `undefined` are
 * left out, as by `JSON.stringify`.
 *
 * @param value The value.
 * @returns The text, all ASCII.
 * @throws {JsonValueError} If the value or something in it has no JSON form.
 */
export function toPythonJson(value: unknown): string {
  if (typeof value === "string" && PLAIN.test(value)) return `"${value}"`;
  const problem = findJsonProblem(value, "", RULES);
  if (problem !== undefined) {
    throw new JsonValueError(problem.path, problem.reason, {
      cause: problem.cause,
    });
  }
  return write(value, "");
}

function write(value: unknown, key: string): string {
  switch (typeof value) {
    case "string":
      return quoteAscii(value);
    case "number":
      return pythonNumber(value);
    case "object":
      return value === null ? "null" : writeObject(value, key);
    default:
      return String(value);
  }
}

function writeObject(value: object, key: string): string {
  if ("toJSON" in value && typeof value.toJSON === "function") {
    return write(value.toJSON(key), key);
  }
  if (Array.isArray(value)) {
    const items = value.map((item, index) => write(item, String(index)));
    return `[${items.join(", ")}]`;
  }
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => `${quoteAscii(name)}: ${write(member, name)}`);
  return `{${members.join(", ")}}`;
}
