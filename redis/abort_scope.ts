// Copyright 2026 the HuleEdu authors. MIT license.

import { setMaxListeners } from "node:events";

/** When an {@linkcode AbortScope} ends by itself. */
export interface AbortScopeTimeout {
  /** After how many milliseconds. */
  readonly ms: number;
  /** Makes the reason of its signal. */
  readonly reason: () => Error;
}

/**
 * A signal for one piece of work, which ends with others or after a time. When
 * the scope is disposed nothing of it stays behind, neither a timer nor a
 * listener: `AbortSignal.any` leaves one on signals that live long.
 */
export class AbortScope implements Disposable {
  readonly #controller = new AbortController();
  readonly #sources: readonly AbortSignal[];
  readonly #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #forward = (event: Event) =>
    this.#controller.abort((event.target as AbortSignal).reason);

  /**
   * Begins.
   *
   * @param sources The signals it ends with.
   * @param timeout When it ends by itself.
   */
  constructor(
    sources: ReadonlyArray<AbortSignal | undefined>,
    timeout?: AbortScopeTimeout,
  ) {
    this.#sources = sources.filter((source) => source !== undefined);
    for (const source of this.#sources) {
      if (source.aborted) this.#controller.abort(source.reason);
      source.addEventListener("abort", this.#forward, { once: true });
    }
    if (timeout === undefined) return;
    const end = () => this.#controller.abort(timeout.reason());
    this.#timer = setTimeout(end, timeout.ms);
  }

  /** The signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Ends the scope for another reason. */
  abort(reason?: unknown): void {
    this.#controller.abort(reason);
  }

  /** Lets go of the sources and the timer. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    for (const source of this.#sources) {
      source.removeEventListener("abort", this.#forward);
    }
  }
}

/** A controller whose signal any number of pieces of work may listen to. */
export function sharedController(): AbortController {
  const controller = new AbortController();
  // Node takes more than ten listeners for a leak, and says so on stderr.
  setMaxListeners(0, controller.signal);
  return controller;
}
