// Copyright 2026 the HuleEdu authors. MIT license.

/** Lets one call of a lane run at a time, in the order in which they came. */
export class Turns {
  #tails = new Map<string, Promise<void>>();

  /**
   * Runs `fn` when all earlier calls of the lane have settled; at once when
   * there are none. Rejects with the signal's reason if it fires before.
   */
  async take<T>(
    lane: string,
    fn: () => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const previous = this.#tails.get(lane);
    let finish = (): void => {};
    const turn = new Promise<void>((resolve) => finish = resolve);
    // Behind the previous turn even when this one is given up before.
    const tail = previous === undefined ? turn : previous.then(() => turn);
    this.#tails.set(lane, tail);
    tail.then(() => {
      if (this.#tails.get(lane) === tail) this.#tails.delete(lane);
    });
    try {
      if (previous !== undefined) await settledOrAborted(previous, signal);
      return await fn();
    } finally {
      finish();
    }
  }
}

function settledOrAborted(
  promise: Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    function abort(): void {
      reject(signal?.reason);
    }
    signal.addEventListener("abort", abort, { once: true });
    promise.then(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    });
  });
}
