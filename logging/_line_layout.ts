// Copyright 2026 the HuleEdu authors. MIT license.

import type { ServiceLogRecord } from "./_service_log_record.ts";
import { isoTimestamp } from "./_timestamp.ts";

/** Makes the line of a record: which names, in which order. */
export type LineLayout = (record: ServiceLogRecord) => string;

let time = NaN;
let head = "";
let start = "";

/**
 * `timestamp`, `level`, `service`, `module`, `message`, context and fields. What
 * stands before the message is kept for the other lines of the millisecond.
 */
export function defaultLayout(record: ServiceLogRecord): string {
  const ownHead = record.origin.heads[record.severity.index]!;
  if (record.time !== time || ownHead !== head) {
    // In one piece, as it is read by every line.
    start = ['{"timestamp":"', isoTimestamp(record.time), ownHead].join("");
    time = record.time;
    head = ownHead;
  }
  return start + record.messageJson + record.fieldsJson + "}";
}
