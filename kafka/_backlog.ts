// Copyright 2026 the HuleEdu authors. MIT license.

import type { OutgoingRecord } from "./engine.ts";
import { PublishError, type PublishErrorCode } from "./errors.ts";
import { Fifo, type Pending } from "./_lane.ts";
import { recordBytes } from "./_produce_request.ts";

const NOTHING: OutgoingRecord = {
  key: null,
  value: null,
  headers: [],
  timestamp: 0,
};

/** What is not settled yet, how much room it takes, and who waits for room. */
export class Backlog {
  /** Called when the last event is settled. */
  onIdle: (() => void) | undefined;
  readonly #maxBytes: number;
  readonly #blocked: Fifo<Pending> = new Fifo();
  #unsettled = 0;
  #admittedBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get unsettled(): number {
    return this.#unsettled;
  }

  /** Calls that wait for room, in order. */
  get blocked(): Fifo<Pending> {
    return this.#blocked;
  }

  open(
    topic: string,
    record: OutgoingRecord,
    deadline: number,
    resolve: (offset: number) => void,
    reject: (error: PublishError) => void,
    placed: ((partition: number) => void) | undefined,
  ): Pending {
    this.#unsettled++;
    return {
      topic,
      record,
      bytes: recordBytes(record),
      deadline,
      resolve,
      reject,
      placed,
      admitted: false,
      flying: false,
      settled: false,
    };
  }

  /** Takes the event when there is room, or lets it wait for its turn. */
  admit(pending: Pending): boolean {
    if (this.#blocked.size > 0 || !this.#hasRoom(pending)) {
      this.#blocked.push(pending);
      return false;
    }
    this.#count(pending);
    return true;
  }

  /** The waiting events that there is room for now. */
  *unblock(): Iterable<Pending> {
    for (let next = this.#blocked.peek(); next; next = this.#blocked.peek()) {
      if (!next.settled) {
        if (!this.#hasRoom(next)) return;
        this.#count(next);
        yield next;
      }
      this.#blocked.shift();
    }
  }

  fulfil(pending: Pending, offset: number): void {
    this.#settle(pending);
    pending.resolve(offset);
  }

  fail(
    pending: Pending,
    code: PublishErrorCode,
    reason: string,
    cause?: unknown,
  ): void {
    if (pending.settled) return;
    this.#settle(pending);
    const outcome = pending.flying ? "unknown" : "not_sent";
    const { topic } = pending;
    pending.reject(new PublishError(reason, { code, outcome, topic, cause }));
  }

  /**
   * Fails the events that are past their deadline, which they come in the order
   * of, and lets go of those that are settled.
   */
  expire(pendings: Fifo<Pending>, now: number, reason: string): void {
    for (let head = pendings.peek(); head; head = pendings.peek()) {
      if (!head.settled && head.deadline > now) return;
      this.fail(head, "timed_out", reason);
      pendings.shift();
    }
  }

  /** Fails the event when the signal is aborted. */
  watch(pending: Pending, signal: AbortSignal): void {
    const onAbort = () =>
      this.fail(pending, "aborted", "the signal was aborted", signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    pending.release = () => signal.removeEventListener("abort", onAbort);
  }

  #hasRoom(pending: Pending): boolean {
    return this.#admittedBytes === 0 ||
      this.#admittedBytes + pending.bytes <= this.#maxBytes;
  }

  #count(pending: Pending): void {
    pending.admitted = true;
    this.#admittedBytes += pending.bytes;
  }

  #settle(pending: Pending): void {
    pending.settled = true;
    pending.release?.();
    // It may stand in a queue for long, behind one that is not settled.
    if (!pending.flying) pending.record = NOTHING;
    if (pending.admitted) this.#admittedBytes -= pending.bytes;
    if (--this.#unsettled === 0) this.onIdle?.();
  }
}
