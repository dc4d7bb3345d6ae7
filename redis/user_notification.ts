// Copyright 2026 the HuleEdu authors. MIT license.

import { toPythonJson } from "../events/python_json.ts";
import { text } from "./arguments.ts";

/**
 * The message that tells a user something: `{"event": …, "data": …}`, written
 * as Python's `json.dumps` writes it, so that it does not matter which service
 * it comes from.
 *
 * @param eventType What happened, in the page's own words.
 * @param data Anything that has a JSON form; `undefined` becomes `null`.
 * @returns The message, all ASCII.
 * @throws {JsonValueError} If something in `data` has no JSON form.
 */
export function userNotification(eventType: string, data: unknown): string {
  return toPythonJson({
    event: text("eventType", eventType),
    data: data === undefined ? null : data,
  });
}
