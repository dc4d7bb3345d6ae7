// Copyright 2026 the HuleEdu authors. MIT license.

/** Times the handling of a known number of events. */
export class Stopwatch {
  readonly #made = performance.now();
  readonly #count: number;
  readonly #finished: Promise<void>;
  #resolve: () => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #first = 0;
  #last = 0;
  #begun = 0;
  #done = 0;

  /** Makes a stopwatch for `count` events. */
  constructor(count: number) {
    this.#count = count;
    this.#finished = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Resolves when every event is handled; rejects when one failed. */
  get finished(): Promise<void> {
    return this.#finished;
  }

  /** Events per second, from the first one's begin to the last one's end. */
  get eventsPerSecond(): number {
    return this.#count / (this.#last - this.#first) * 1_000;
  }

  /** Milliseconds until the first event: connecting and joining the group. */
  get joinMs(): number {
    return this.#first - this.#made;
  }

  /** The handling of an event begins. */
  begin(): void {
    if (this.#begun++ === 0) this.#first = performance.now();
  }

  /** The handling of an event has ended, with all that belongs to it. */
  end(): void {
    if (++this.#done < this.#count) return;
    this.#last = performance.now();
    this.#resolve();
  }

  /** The run is worth nothing. */
  fail(error: unknown): void {
    this.#reject(error);
  }
}
