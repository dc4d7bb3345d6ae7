// Copyright 2026 the HuleEdu authors. MIT license.

/** Settings of publish and subscribe. */
export interface PubSubSettings {
  /**
   * Milliseconds from one PING on the subscribers' connection to the next. A
   * connection that nothing is heard on for three of them is opened anew, and
   * every reader is told of the gap.
   *
   * @default {4_000}
   */
  readonly pingIntervalMs?: number;
}
