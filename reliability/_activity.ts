// Copyright 2026 the HuleEdu authors. MIT license.

/** Counts what is under way, and tells when nothing is. */
export class Activity {
  #active = 0;
  #waiting: Array<() => void> = [];

  /** Something begins. */
  enter(): void {
    this.#active++;
  }

  /** Something that began has ended. */
  leave(): void {
    this.#active--;
    if (this.#active > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    if (this.#active === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
