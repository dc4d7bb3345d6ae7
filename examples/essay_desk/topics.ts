// Copyright 2026 the HuleEdu authors. MIT license.

/** A record as it lies in a topic. */
export interface TopicRecord {
  /** The value as text, or `null` for a tombstone. */
  readonly value: string | null;
  /** The headers as text. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * A view of topics from outside of the services: what is in them, how far a
 * group has come, and bytes put there by hand.
 */
export interface Topics {
  /** Puts a record on a topic, whatever its text is. */
  put(topic: string, text: string): Promise<void>;
  /** What has come into a topic since the view was opened, up to now. */
  records(topic: string): Promise<readonly TopicRecord[]>;
  /** Waits until a group has handled all that is in a topic now. */
  untilDrained(
    groupId: string,
    topic: string,
    signal: AbortSignal,
  ): Promise<void>;
}
