// Copyright 2026 the HuleEdu authors. MIT license.

import type { ServiceLogRecord } from "./_service_log_record.ts";

/** What a record takes in memory beside its texts, roughly. */
const RECORD_BYTES = 256;

/** A record and what it takes in memory. */
interface Held {
  readonly record: ServiceLogRecord;
  readonly bytes: number;
}

/** One flow: what belongs to one correlation id. */
interface Flow {
  /** The records, oldest first; those before `start` are let go. */
  records: (Held | undefined)[];
  start: number;
  bytes: number;
  leftOut: number;
  isKept: boolean;
}

/**
 * Remembers flows, the least recently active first, and holds records of them.
 * Both are bounded: too much held lets go of the records of the flow that has
 * been silent longest, or of the oldest where one flow is too much by itself, and
 * too many flows forget the one that has been silent longest.
 */
export class HeldRecords {
  readonly #maxFlows: number;
  readonly #maxBytes: number;
  readonly #flows = new Map<string, Flow>();
  /** The flows with records, in the same order. */
  readonly #holding = new Map<string, Flow>();
  #bytes = 0;
  #leftOut = 0;

  /** Creates an empty memory with its bounds. */
  constructor(maxFlows: number, maxBytes: number) {
    this.#maxFlows = maxFlows;
    this.#maxBytes = maxBytes;
  }

  /** How many records were let go for good. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** Tells whether the flow is kept. */
  isKept(id: string): boolean {
    const flow = this.#flows.get(id);
    if (flow === undefined || !flow.isKept) return false;
    this.#flows.delete(id);
    this.#flows.set(id, flow);
    return true;
  }

  /** Holds a record of a flow that is not kept. */
  hold(id: string, record: ServiceLogRecord): void {
    record.seal();
    const flow = this.#touch(id);
    // Two bytes a character, the worst case.
    const bytes = RECORD_BYTES +
      2 * (record.messageJson.length + record.fieldsJson.length);
    flow.records.push({ record, bytes });
    flow.bytes += bytes;
    this.#bytes += bytes;
    this.#holding.delete(id);
    this.#holding.set(id, flow);
    while (this.#bytes > this.#maxBytes && this.#holding.size > 1) {
      this.#letGo();
    }
    if (this.#bytes > this.#maxBytes) this.#shorten(id, flow);
  }

  /**
   * Keeps a flow from now on.
   *
   * @returns What was held of it, and how many records were let go.
   */
  keep(id: string): { records: ServiceLogRecord[]; leftOut: number } {
    const flow = this.#touch(id);
    const { records, leftOut } = flow;
    this.#release(id, flow);
    flow.isKept = true;
    flow.leftOut = 0;
    const kept = records.flatMap((held) =>
      held === undefined ? [] : held.record
    );
    return { records: kept, leftOut };
  }

  #touch(id: string): Flow {
    let flow = this.#flows.get(id);
    if (flow === undefined) {
      flow = { records: [], start: 0, bytes: 0, leftOut: 0, isKept: false };
      if (this.#flows.size >= this.#maxFlows) this.#forget();
    } else {
      this.#flows.delete(id);
    }
    this.#flows.set(id, flow);
    return flow;
  }

  #forget(): void {
    for (const [id, flow] of this.#flows) {
      this.#drop(id, flow);
      this.#flows.delete(id);
      return;
    }
  }

  #letGo(): void {
    for (const [id, flow] of this.#holding) {
      this.#drop(id, flow);
      return;
    }
  }

  /** Lets go of the oldest records of a flow, as many as it takes. */
  #shorten(id: string, flow: Flow): void {
    const { records } = flow;
    while (this.#bytes > this.#maxBytes && flow.start < records.length) {
      const { bytes } = records[flow.start]!;
      records[flow.start++] = undefined;
      flow.bytes -= bytes;
      this.#bytes -= bytes;
      flow.leftOut++;
      this.#leftOut++;
    }
    // To move the rest for each record would cost the square of their number.
    if (flow.start * 2 > records.length) {
      records.splice(0, flow.start);
      flow.start = 0;
    }
    if (records.length === 0) this.#holding.delete(id);
  }

  #drop(id: string, flow: Flow): void {
    const count = flow.records.length - flow.start;
    flow.leftOut += count;
    this.#leftOut += count;
    this.#release(id, flow);
  }

  #release(id: string, flow: Flow): void {
    this.#bytes -= flow.bytes;
    flow.bytes = 0;
    flow.records = [];
    flow.start = 0;
    this.#holding.delete(id);
  }
}
