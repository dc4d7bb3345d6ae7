// Copyright 2026 the HuleEdu authors. MIT license.

import { writeSync } from "node:fs";
import { EMPTY } from "./_fragment.ts";
import { LEVELS } from "./_levels.ts";
import { defaultLayout } from "./_line_layout.ts";
import { Origin } from "./_origin.ts";
import { Serializer } from "./_serializer.ts";
import { ServiceLogRecord } from "./_service_log_record.ts";
import { isSecretKey } from "./is_secret_key.ts";

/** Where failures are told; replaced in tests. */
export const stderr = {
  /** Writes one line. */
  write(line: string): void {
    writeSync(2, line + "\n");
  },
};

const reported = new WeakSet<object>();

/**
 * Tells on stderr, once for each source, that logging itself has failed: the
 * code that logs must not hear of it, and yet it must not pass in silence.
 *
 * @param source What failed: a handler, a sink, a setting.
 * @param service The service whose line is lost.
 * @param message What happened.
 * @param error What was thrown.
 */
export function reportFailure(
  source: object,
  service: string,
  message: string,
  error: unknown,
): void {
  if (reported.has(source)) return;
  reported.add(source);
  try {
    const record = new ServiceLogRecord(
      new Origin(service, "logging"),
      LEVELS[3],
      Date.now(),
      new Serializer(isSecretKey),
      EMPTY,
      EMPTY,
      message,
      { error },
    );
    stderr.write(defaultLayout(record));
  } catch {
    // There is nowhere left to tell.
  }
}
