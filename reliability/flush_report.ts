// Copyright 2026 the HuleEdu authors. MIT license.

import type { EventEnvelope } from "../protocols.ts";

/** A queued event that was not sent. */
export interface UnsentEvent {
  /** The topic it was meant for. */
  readonly topic: string;
  /** The event. */
  readonly envelope: EventEnvelope;
  /** The key it was published with, if any. */
  readonly key?: string;
  /** The headers it was published with, if any. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * How often a send was tried. When it is not 0, `error` says whether the
   * event may have been sent all the same.
   */
  readonly attempts: number;
  /** Why the last attempt failed; absent when there was none. */
  readonly error?: unknown;
}

/** What became of the fallback queue when its publisher stopped. */
export interface FlushReport {
  /** How many queued events were sent during the stop. */
  readonly flushed: number;
  /** The events that were not sent, in the order in which they were queued. */
  readonly unsent: readonly UnsentEvent[];
}
