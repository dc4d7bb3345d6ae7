// Copyright 2026 the HuleEdu authors. MIT license.

import { EventError } from "../events/event_error.ts";

const FATAL_CLASSES = [EventError, TypeError, RangeError, SyntaxError];

/** Whether the same publish may succeed later, as far as its error tells. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return true;
  if (error.name === "NotStartedError") return false;
  if ("retriable" in error && error.retriable === false) return false;
  return !FATAL_CLASSES.some((fatal) => error instanceof fatal);
}
