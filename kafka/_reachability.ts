// Copyright 2026 the HuleEdu authors. MIT license.

import type { Logger } from "../protocols.ts";

/** Whether the cluster answers, said once at each change and not at each try. */
export class Reachability {
  readonly #logger: Logger | undefined;
  #isOut = false;

  constructor(logger: Logger | undefined) {
    this.#logger = logger;
  }

  /** Whether the last thing heard of the cluster is that it does not answer. */
  get isOut(): boolean {
    return this.#isOut;
  }

  /** A request had no answer. */
  lost(error: unknown): void {
    if (this.#isOut) return;
    this.#isOut = true;
    this.#logger?.warn("Kafka does not answer; trying again", { error });
  }

  /** A request was answered. */
  regained(): void {
    if (!this.#isOut) return;
    this.#isOut = false;
    this.#logger?.info("Kafka answers again");
  }
}
