// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Makes one start of many and one stop of many, in order: the part of
 * `Lifecycle` that is the same for all clients.
 */
export class LifecycleGate {
  #state: "stopped" | "starting" | "running" | "stopping" = "stopped";
  #change: Promise<void> = Promise.resolve();

  /** Whether a start has succeeded and no stop has begun. */
  get running(): boolean {
    return this.#state === "running";
  }

  /**
   * Opens, unless that is done or under way.
   *
   * @param open Opens; leaves nothing open when it fails.
   */
  start(open: () => Promise<void>): Promise<void> {
    if (this.#state === "running" || this.#state === "starting") {
      return this.#change;
    }
    const after = this.#change;
    this.#state = "starting";
    this.#change = after.then(open).then(
      () => {
        if (this.#state === "starting") this.#state = "running";
      },
      (error: unknown) => {
        if (this.#state === "starting") {
          this.#state = "stopped";
          this.#change = Promise.resolve();
        }
        throw error;
      },
    );
    return this.#change;
  }

  /**
   * Closes, once a start under way has come to its end; nothing when stopped.
   *
   * @param close Closes what was opened.
   */
  stop(close: () => Promise<void>): Promise<void> {
    if (this.#state === "stopped" || this.#state === "stopping") {
      return this.#change;
    }
    const after = this.#change.catch(() => {});
    this.#state = "stopping";
    const done = () => {
      if (this.#state === "stopping") this.#state = "stopped";
    };
    this.#change = after.then(close).finally(done);
    return this.#change;
  }
}
