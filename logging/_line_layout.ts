// Copyright 2026 the HuleEdu authors. MIT license.

import type { ServiceLogRecord } from "./_service_log_record.ts";
import { isoTimestamp } from "./_timestamp.ts";

/** Makes the line of a record: which names, in which order. */
export type LineLayout = (record: ServiceLogRecord) => string;

/** `timestamp`, `level`, `service`, `module`, `message`, context and fields. */
export function defaultLayout(record: ServiceLogRecord): string {
  return '{"timestamp":"' + isoTimestamp(record.time) +
    record.origin.heads[record.severity.index]! + record.messageJson +
    record.fieldsJson + "}";
}
