// Copyright 2026 the HuleEdu authors. MIT license.

import { reportFailure } from "./_report_failure.ts";
import type { ServiceLogRecord } from "./_service_log_record.ts";
import type { LogHandler } from "./log_handler.ts";

/** How deep handlers may log themselves before their lines are left out. */
const MAX_DEPTH = 4;

let depth = 0;

/** Hands a record to each handler; one that throws does not stop the others. */
export function deliver(
  record: ServiceLogRecord,
  handlers: readonly LogHandler[],
): void {
  if (depth >= MAX_DEPTH) return;
  depth++;
  try {
    for (let i = 0; i < handlers.length; i++) handle(handlers[i]!, record);
  } finally {
    // Also when the stack is full, and nothing can be said of it.
    depth--;
  }
}

function handle(handler: LogHandler, record: ServiceLogRecord): void {
  try {
    handler.handle(record);
  } catch (error) {
    const message = "Lost log lines: handler failed";
    reportFailure(handler, record.origin.service, message, error);
  }
}
