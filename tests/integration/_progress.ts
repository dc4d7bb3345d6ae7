// Copyright 2026 the HuleEdu authors. MIT license.

/** A standstill that is taken for the end: a test must fail and not hang. */
const STANDSTILL_MS = 30_000;

/** Tells those who wait that something has happened. */
export class Progress {
  readonly #what: string;
  readonly #waiting = new Set<() => void>();

  /**
   * @param what What happens, for the error.
   */
  constructor(what: string) {
    this.#what = what;
  }

  /** It happened. */
  tick(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }

  /** Resolves when it happens next. */
  async next(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#waiting.add(resolve);
        timer = setTimeout(
          () => reject(new Error(`Waited in vain for ${this.#what}`)),
          STANDSTILL_MS,
        );
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Resolves when it is so; asks each time that it happens. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await this.next();
  }
}
