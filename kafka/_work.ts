// Copyright 2026 the HuleEdu authors. MIT license.

import type { EventEnvelope } from "../events/envelope.ts";
import type { IncomingRecord } from "./engine.ts";
import type { PartitionWork } from "./_partition_work.ts";

/**
 * Why an event is set aside.
 *
 * - `"malformed"`: no event can be read from the record
 * - `"invalid"`: its data does not fit the schema
 * - `"fatal"`: its handler said that trying again cannot help
 * - `"exhausted"`: its handler has used up its attempts
 */
export type FailureReason = "malformed" | "invalid" | "fatal" | "exhausted";

/** One record on its way through a handler, and how far it has come. */
export class Work {
  readonly partition: PartitionWork;
  readonly record: IncomingRecord;
  isDone = false;
  /** The event, once it is read and valid. */
  envelope: EventEnvelope | undefined;
  /** How often its handler was called. */
  attempts = 0;
  /** How often another worker was found at it. */
  asked = 0;
  /** Why it is to be set aside. */
  failure:
    | { readonly reason: FailureReason; readonly error: unknown }
    | undefined;
  /** How often it could not be set aside. */
  setAsideFailures = 0;

  constructor(partition: PartitionWork, record: IncomingRecord) {
    this.partition = partition;
    this.record = record;
  }

  /** How much of the memory for records it takes. */
  get bytes(): number {
    return (this.record.value?.length ?? 0) + (this.record.key?.length ?? 0);
  }

  /** Where it is, for log lines. */
  get whereabouts(): Record<string, unknown> {
    const { topic, partition } = this.partition;
    return { topic, partition, offset: this.record.offset };
  }
}

/**
 * What came of handling: it is done; it was given up, since the partition is
 * not ours any more or the consumer stops; or it is to be handled again later.
 */
export type Verdict = "done" | "given_up" | { readonly againInMs: number };
