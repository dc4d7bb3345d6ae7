// Copyright 2026 the HuleEdu authors. MIT license.

import type { HandlerContext, Logger } from "../protocols.ts";
import type { Lease } from "./_lease.ts";

/**
 * A delivery's context, but for a signal that is aborted by a lost lease too.
 * What nobody reads costs nothing: the signal is made when it is asked for.
 */
export class LeasedContext implements HandlerContext {
  readonly #context: HandlerContext;
  readonly #lease: Lease;
  #work: AbortController | undefined;

  constructor(context: HandlerContext, lease: Lease) {
    this.#context = context;
    this.#lease = lease;
  }

  get signal(): AbortSignal {
    if (!this.#work) {
      this.#work = new AbortController();
      for (const source of this.#sources()) {
        if (source.aborted) this.#work.abort(source.reason);
        else source.addEventListener("abort", this);
      }
    }
    return this.#work.signal;
  }

  /** Passes an abort on. */
  handleEvent(event: Event): void {
    this.#work!.abort((event.target as AbortSignal).reason);
  }

  /**
   * Lets go of the signals. By hand, since `AbortSignal.any` on a signal that
   * outlives the delivery holds memory in Node 20.
   */
  release(): void {
    if (!this.#work) return;
    for (const source of this.#sources()) {
      source.removeEventListener("abort", this);
    }
  }

  get attempt(): number {
    return this.#context.attempt;
  }

  get topic(): string {
    return this.#context.topic;
  }

  get partition(): number {
    return this.#context.partition;
  }

  get offset(): string {
    return this.#context.offset;
  }

  get key(): string | null {
    return this.#context.key;
  }

  get headers(): Readonly<Record<string, string>> {
    return this.#context.headers;
  }

  get logger(): Logger {
    return this.#context.logger;
  }

  #sources(): AbortSignal[] {
    return [this.#context.signal, this.#lease.signal];
  }
}
