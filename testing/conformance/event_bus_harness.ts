// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  EventConsumer,
  EventPublisher,
  Lifecycle,
} from "../../protocols.ts";

/** What the suite asks of a consumer under test. It reads from the beginning. */
export interface HarnessConsumerOptions {
  /** The group. */
  readonly groupId: string;
  /** The topics. */
  readonly topics: readonly string[];
  /** How many events are handled at once. */
  readonly concurrency?: number;
  /** How a failing handler is tried again. */
  readonly retry?: {
    readonly maxAttempts: number;
    readonly baseDelayMs: number;
  };
}

/** A raw record that a harness has read. */
export interface HarnessRecord {
  /** The value as text. */
  readonly value: string;
  /** The headers as text. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Gives the suite publishers and consumers of one bus, and a way around them. */
export interface EventBusHarness {
  /** A publisher that is not started. */
  createPublisher(): EventPublisher & Lifecycle;
  /** A consumer that is not started, reading from the beginning. */
  createConsumer(options: HarnessConsumerOptions): EventConsumer;
  /** Puts bytes on a topic by hand. */
  putRaw(topic: string, value: Uint8Array): Promise<void>;
  /** Waits for the first `count` records of a topic. */
  readRaw(topic: string, count: number): Promise<HarnessRecord[]>;
}
