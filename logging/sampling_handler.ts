// Copyright 2026 the HuleEdu authors. MIT license.

import { deliver } from "./_deliver.ts";
import { ForeignRecords } from "./_foreign_records.ts";
import { EMPTY } from "./_fragment.ts";
import { HeldRecords } from "./_held_records.ts";
import { LEVELS, requireLevel } from "./_levels.ts";
import { kindOf, requireCount, requireHandlers } from "./_options.ts";
import { reportFailure } from "./_report_failure.ts";
import { ServiceLogRecord } from "./_service_log_record.ts";
import { settings } from "./_settings.ts";
import type { LogHandler, LogRecord } from "./log_handler.ts";
import type { LogLevel } from "./log_level.ts";

/** How much of a correlation id counts. */
const MAX_ID = 128;

/** Options of {@linkcode SamplingHandler}. */
export interface SamplingHandlerOptions {
  /** What the records are handed to that are kept. */
  readonly handlers: readonly LogHandler[];
  /** The share of the correlation ids whose lines are kept anyway, 0 to 1. */
  readonly rate: number;
  /**
   * The lowest level that makes all lines of a correlation id worth keeping.
   *
   * @default {"error"}
   */
  readonly keepLevel?: LogLevel;
  /**
   * How many bytes of memory the lines may take that are held back, roughly.
   *
   * @default {16777216}
   */
  readonly maxHeldBytes?: number;
  /**
   * How many correlation ids are remembered.
   *
   * @default {10000}
   */
  readonly maxFlows?: number;
}

/**
 * Keeps the lines of some correlation ids, and all lines of one that errs, those
 * before the error included.
 *
 * - A hash of the correlation id says whether its lines are kept anyway: the
 *   same ids in every service with the same rate. Lines without one are kept.
 * - The lines of the other ids are held back. The first line at `keepLevel` or
 *   above hands them on, in their order and before itself, and from then on
 *   every line of that id. They keep their timestamps, so they stand in the
 *   output later than their time.
 * - Memory is bounded. When the lines held back take too much, those of the id
 *   that has been silent longest are let go, and of one id that takes too much
 *   by itself the oldest ones; when too many ids are remembered, the one that has
 *   been silent longest is forgotten. If an id errs whose lines were let go, a line before
 *   the others tells how many.
 *
 * What is held back when the process ends is left out, as it would have been.
 *
 * @example An error that brings its story along
 * ```ts
 * import { withContext } from "@huleedu/service-libs/events";
 * import {
 *   createServiceLogger,
 *   LineHandler,
 *   SamplingHandler,
 * } from "@huleedu/service-libs/logging";
 * import { assertEquals } from "@std/assert";
 *
 * const lines: string[] = [];
 * const handler = new SamplingHandler({
 *   handlers: [new LineHandler({ sink: (line) => lines.push(line) })],
 *   rate: 0,
 * });
 * const logger = createServiceLogger("essays", { handlers: [handler] });
 *
 * withContext({ correlationId: "a" }, () => logger.info("Essay stored"));
 * withContext({ correlationId: "b" }, () => {
 *   logger.info("Essay stored");
 *   logger.error("Essay not graded");
 * });
 * assertEquals(lines.map((line) => JSON.parse(line).correlation_id), ["b", "b"]);
 * ```
 */
export class SamplingHandler implements LogHandler {
  readonly #handlers: readonly LogHandler[];
  readonly #limit: number;
  readonly #keepThreshold: number;
  readonly #held: HeldRecords;
  readonly #foreign = new ForeignRecords(undefined);

  /**
   * Creates a handler.
   *
   * @param options Handlers, rate and bounds.
   * @throws {TypeError} If the handlers are none.
   * @throws {RangeError} If a number or level makes no sense.
   */
  constructor(options: SamplingHandlerOptions) {
    const action = "create sampling handler";
    const { maxFlows = 10_000, maxHeldBytes = 16_777_216 } = options;
    this.#handlers = requireHandlers(action, options.handlers);
    this.#limit = requireRate(action, options.rate) * 2 ** 32;
    this.#keepThreshold =
      requireLevel(action, options.keepLevel ?? "error").number;
    this.#held = new HeldRecords(
      requireCount(action, "maxFlows", maxFlows, 1),
      requireCount(action, "maxHeldBytes", maxHeldBytes, 0),
    );
  }

  /** How many lines memory was too small for: they can no longer be kept. */
  get letGo(): number {
    return this.#held.leftOut;
  }

  /**
   * Hands a record on or holds it back. Never throws.
   *
   * @param record The record, of this library or of `@std/log`.
   */
  handle(record: LogRecord): void {
    let own: ServiceLogRecord;
    try {
      own = record instanceof ServiceLogRecord
        ? record
        : this.#foreign.toServiceRecord(record);
    } catch (error) {
      const message = "Lost log lines: handler failed";
      return reportFailure(this, "unknown", message, error);
    }
    const id = flowOf(own.correlationIdJson());
    if (id === undefined || hash(id) < this.#limit || this.#held.isKept(id)) {
      deliver(own, this.#handlers);
    } else if (own.level < this.#keepThreshold) {
      this.#held.hold(id, own);
    } else {
      const { records, leftOut } = this.#held.keep(id);
      if (leftOut > 0) deliver(gapBefore(own, leftOut), this.#handlers);
      for (const each of records) deliver(each, this.#handlers);
      deliver(own, this.#handlers);
    }
  }
}

/** What a flow is known by: of an id that is no id the beginning, as a copy. */
function flowOf(id: string | undefined): string | undefined {
  if (id === undefined || id.length <= MAX_ID) return id;
  return [...id.slice(0, MAX_ID)].join("");
}

function gapBefore(record: ServiceLogRecord, count: number): ServiceLogRecord {
  return new ServiceLogRecord(
    record.origin,
    LEVELS[2],
    record.time,
    settings.serializer,
    record.context,
    EMPTY,
    "Left out log lines of this correlation id",
    { ...idOf(record), left_out: count },
  );
}

function idOf(record: ServiceLogRecord): Record<string, unknown> {
  const id = record.correlationIdJson();
  return id === undefined ? {} : { correlation_id: JSON.parse(id) };
}

function requireRate(action: string, rate: number): number {
  if (typeof rate === "number" && rate >= 0 && rate <= 1) return rate;
  throw new RangeError(
    `Cannot ${action}: "rate" must be a number from 0 to 1, received ${
      typeof rate === "number" ? rate : kindOf(rate)
    }`,
  );
}

/** FNV-1a of 32 bits over the code units, mixed, since ids may differ little. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
