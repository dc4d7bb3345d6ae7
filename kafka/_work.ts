// Copyright 2026 the HuleEdu authors. MIT license.

import type { EventEnvelope } from "../events/envelope.ts";
import type { TraceContext } from "../events/trace_context.ts";
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

const DONE: Omit<IncomingRecord, "offset"> = {
  key: null,
  value: null,
  headers: {},
  timestamp: 0,
};

/** One record on its way through a handler, and how far it has come. */
export class Work {
  readonly partition: PartitionWork;
  readonly offset: number;
  /** Empty once the work is done: it may stand behind others for long. */
  record: IncomingRecord;
  /** A text that is equal for equal keys; `null` for none. */
  readonly key: string | null;
  /** How much of the memory for records it takes. */
  readonly bytes: number;
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
  /** The span it was last handled in, where spans are recorded. */
  trace: TraceContext | undefined;
  /** How often it could not be set aside. */
  setAsideFailures = 0;

  constructor(partition: PartitionWork, record: IncomingRecord) {
    const { key, value } = record;
    this.partition = partition;
    this.record = record;
    this.offset = record.offset;
    this.key = key && latin1(key);
    this.bytes = (value?.length ?? 0) + (key?.length ?? 0);
  }

  /** Lets go of what is not needed any more. */
  finish(): void {
    this.isDone = true;
    this.record = { ...DONE, offset: this.offset };
    this.envelope = undefined;
    this.trace = undefined;
  }

  /** Where it is, for log lines. */
  get whereabouts(): Record<string, unknown> {
    const { topic, partition } = this.partition;
    return { topic, partition, offset: this.offset };
  }
}

/**
 * What came of handling: it is done; it was given up, since the partition is
 * not ours any more or the consumer stops; or it is to be handled again later.
 */
export type Verdict = "done" | "given_up" | { readonly againInMs: number };

/** A text that is equal for equal bytes, and cheap to make. */
function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}
