// Copyright 2026 the HuleEdu authors. MIT license.

import { setImmediate } from "node:timers";

/** What waits in a {@linkcode DeadlineQueue}. */
export interface DeadlineEntry {
  /** On the clock of `performance.now()`. */
  readonly deadline: number;
  /** Owned by the queue. */
  previous: DeadlineEntry | null;
  /** Owned by the queue. */
  next: DeadlineEntry | null;
}

/**
 * Entries by deadline, with one timer for all of them: thousands of commands in
 * flight cost no timer each, and adding and taking out are constant.
 *
 * @typeParam Entry What waits.
 */
export class DeadlineQueue<Entry extends DeadlineEntry> {
  readonly #onExpired: (entry: Entry) => void;
  #first: Entry | null = null;
  #last: Entry | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerDue = Infinity;

  constructor(onExpired: (entry: Entry) => void) {
    this.#onExpired = onExpired;
  }

  get empty(): boolean {
    return this.#first === null;
  }

  /** Adds an entry; those of one deadline stay in order. */
  add(entry: Entry): void {
    let before = this.#last;
    // Deadlines grow with the order of the calls, but for a few.
    while (before !== null && before.deadline > entry.deadline) {
      before = before.previous as Entry | null;
    }
    const after = (before === null ? this.#first : before.next) as Entry | null;
    entry.previous = before;
    entry.next = after;
    if (before === null) this.#first = entry;
    else before.next = entry;
    if (after === null) this.#last = entry;
    else after.previous = entry;
    if (entry.deadline < this.#timerDue) this.#arm(entry.deadline);
  }

  /** Takes an entry out, which must be in the queue. */
  delete(entry: Entry): void {
    const { previous, next } = entry;
    if (previous === null) this.#first = next as Entry | null;
    else previous.next = next;
    if (next === null) this.#last = previous as Entry | null;
    else next.previous = previous;
    entry.previous = null;
    entry.next = null;
  }

  /** The entries, soonest first. */
  toArray(): Entry[] {
    const entries: Entry[] = [];
    for (let at = this.#first; at !== null; at = at.next as Entry | null) {
      entries.push(at);
    }
    return entries;
  }

  /** Stops the timer; entries stay. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timerDue = Infinity;
  }

  #arm(due: number): void {
    clearTimeout(this.#timer);
    this.#timerDue = due;
    const ms = Math.max(0, Math.ceil(due - performance.now()));
    // Judged only when what has arrived meanwhile was read: the program itself
    // may have been busy, or stopped, for longer than that.
    this.#timer = setTimeout(() => setImmediate(() => this.#expire()), ms);
  }

  // The timer of an entry that has gone is left to run out: to stop it and set
  // another with each command would cost more than the command.
  #expire(): void {
    this.#timerDue = Infinity;
    const now = performance.now();
    while (this.#first !== null && this.#first.deadline <= now) {
      const entry = this.#first;
      this.delete(entry);
      this.#onExpired(entry);
    }
    if (this.#first !== null && this.#timerDue === Infinity) {
      this.#arm(this.#first.deadline);
    }
  }
}
