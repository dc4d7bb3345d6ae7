// Copyright 2026 the HuleEdu authors. MIT license.

import { EMPTY } from "./_fragment.ts";
import { LEVELS } from "./_levels.ts";
import { Origin } from "./_origin.ts";
import { reportFailure } from "./_report_failure.ts";
import { ServiceLogRecord } from "./_service_log_record.ts";
import { Serializer } from "./_serializer.ts";
import { isSecretKey } from "./is_secret_key.ts";

/**
 * Counts the lines that a handler could not get rid of. The first one is told
 * on stderr, all of them in a line before the first that gets through again.
 */
export class Losses {
  #count = 0;
  #since = 0;
  #service = "unknown";

  /** How many lines are lost that no line tells of yet. */
  get count(): number {
    return this.#count;
  }

  /** Counts a line as lost; of one that cannot be read nothing more is known. */
  add(handler: object, read: () => ServiceLogRecord, error: unknown): void {
    let time = Date.now();
    try {
      const record = read();
      this.#service = record.origin.service;
      time = record.time;
    } catch {
      // It was this that has failed.
    }
    const message = "Lost log lines: handler failed";
    reportFailure(handler, this.#service, message, error);
    if (this.#count++ === 0) this.#since = time;
  }

  /** Counts lines of a service as lost, now. */
  addCount(count: number, service: string): void {
    this.#service = service;
    if (this.#count === 0 && count > 0) this.#since = Date.now();
    this.#count += count;
  }

  /** The record that tells of the losses so far. */
  toRecord(): ServiceLogRecord {
    return new ServiceLogRecord(
      new Origin(this.#service, "logging"),
      LEVELS[2],
      Date.now(),
      new Serializer(isSecretKey),
      EMPTY,
      EMPTY,
      "Lost log lines",
      { lost: this.#count, since: new Date(this.#since) },
    );
  }

  /** The losses were told. */
  clear(): void {
    this.#count = 0;
  }
}
