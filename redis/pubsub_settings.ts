// Copyright 2026 the HuleEdu authors. MIT license.

import type { UserHistoryOptions } from "./user_history.ts";

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
  /**
   * Keeps what each user was told last, so that a page that connects again misses
   * nothing: see `subscribeUser()`. Nothing is kept by default.
   */
  readonly history?: UserHistoryOptions;
}
