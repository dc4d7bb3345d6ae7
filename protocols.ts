// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Every port of the library, types only: what a service depends on, what the
 * Kafka and Redis classes implement, and what the doubles in `./testing` stand
 * in for.
 *
 * @example A service that depends on ports, not on clients
 * ```ts
 * import type { EventPublisher, UserNotifier } from "@huleedu/service-libs/protocols";
 * import { createEnvelope } from "@huleedu/service-libs/events";
 *
 * export async function announce(
 *   publisher: EventPublisher,
 *   notifier: UserNotifier,
 *   userId: string,
 * ): Promise<void> {
 *   await publisher.publishEvent(
 *     "huleedu.essay.created.v1",
 *     createEnvelope({
 *       eventType: "huleedu.essay.created.v1",
 *       sourceService: "essays",
 *       data: { user_id: userId },
 *     }),
 *   );
 *   await notifier.publishUserNotification(userId, "essay_created", {});
 * }
 * ```
 *
 * @module
 */

import type { EventEnvelope } from "./events/envelope.ts";
import type { StandardSchema } from "./events/standard_schema.ts";

/** How long a graceful stop may take. */
export interface StopOptions {
  /**
   * Milliseconds to wait for work in flight before giving it up.
   *
   * @default {30_000}
   */
  readonly timeoutMs?: number;
}

/**
 * The life of every object that holds a resource.
 *
 * The constructor does no I/O. `start()` connects; calling it twice is one
 * start and concurrent calls share it. A failed start leaves nothing open and
 * may be tried again. Any use before `start()` or after `stop()` rejects with
 * the room's `NotStartedError`.
 *
 * @typeParam Stopped What `stop()` reports.
 */
export interface Lifecycle<Stopped = void> {
  /** Connects. Idempotent; concurrent calls share one start. */
  start(): Promise<void>;
  /**
   * Finishes work in flight, then closes what the object owns. Idempotent, and
   * waits for a stop that is already under way.
   */
  stop(options?: StopOptions): Promise<Stopped>;
  /** The same as `stop()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** The clock that policies read and wait on; replaced in tests. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds on a clock that never goes back. */
  monotonic(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason. */
  sleep(ms: number, options?: { readonly signal?: AbortSignal }): Promise<void>;
}

/** Extra fields of a log line, by name. */
export type LogFields = Readonly<Record<string, unknown>>;

/** A structured logger. A logging call never throws. */
export interface Logger {
  /** Logs what only a developer wants to see. */
  debug(message: string, fields?: LogFields): void;
  /** Logs what happened. */
  info(message: string, fields?: LogFields): void;
  /** Logs what is odd and was handled. */
  warn(message: string, fields?: LogFields): void;
  /** Logs what failed. */
  error(message: string, fields?: LogFields): void;
  /** Logs what needs a person now. */
  critical(message: string, fields?: LogFields): void;
  /** A logger that adds `fields` to each of its lines. */
  child(fields: LogFields): Logger;
}

/**
 * What became of a publish: `"sent"` when all in-sync replicas have the event,
 * `"queued"` when a fallback holds it in memory and will send it later.
 */
export type PublishOutcome = "sent" | "queued";

/** Options of {@linkcode EventPublisher.publishEvent}. */
export interface PublishOptions {
  /** Events of one key share a partition and keep their order. None by default. */
  readonly key?: string;
  /** Kafka headers, as UTF-8 text. None by default. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Gives the wait up. The error says whether the event may have been sent. */
  readonly signal?: AbortSignal;
}

/** Publishes events. */
export interface EventPublisher {
  /**
   * Publishes one event and resolves once it is safe.
   *
   * @param topic The topic to publish on.
   * @param envelope The event.
   * @param options Key, headers and abort signal.
   * @returns Whether the event is sent or waits in a fallback.
   */
  publishEvent<T>(
    topic: string,
    envelope: EventEnvelope<T>,
    options?: PublishOptions,
  ): Promise<PublishOutcome>;
}

/**
 * What a handler did with an event: handled it, found it handled before, or
 * found that another worker is at it. `"in_progress"` is asked again later and
 * never committed.
 */
export type HandlerOutcome = "processed" | "duplicate" | "in_progress";

/** What a handler learns about the delivery of its event. */
export interface HandlerContext {
  /** Aborted when the work should end: on stop, or when the partition moved. */
  readonly signal: AbortSignal;
  /** 1 for the first attempt, 2 for the first retry, and so on. */
  readonly attempt: number;
  /** The topic the event came from. */
  readonly topic: string;
  /** The partition the event came from. */
  readonly partition: number;
  /** The event's offset in its partition, a decimal 64-bit integer. */
  readonly offset: string;
  /** The record's key as UTF-8 text, or `null`. */
  readonly key: string | null;
  /** The record's headers as UTF-8 text. */
  readonly headers: Readonly<Record<string, string>>;
  /** A logger that carries the event's ids. */
  readonly logger: Logger;
}

/**
 * Handles one event. Returning nothing means `"processed"`; throwing means try
 * again, and set aside when the retries are used up.
 *
 * @typeParam T The shape of the event's data.
 */
export type EventHandler<T = unknown> = (
  envelope: EventEnvelope<T>,
  context: HandlerContext,
) => Promise<HandlerOutcome | void>;

/** What a consumer reports when it has stopped. */
export interface ConsumerStopReport {
  /** Events that were in flight at the stop and were finished. */
  readonly drained: number;
  /** Events that were in flight and had to be given up; they come again. */
  readonly abandoned: number;
  /** Events that were finished but whose offset could not be committed. */
  readonly uncommitted: number;
}

/** Consumes events. At least once; compose `idempotent` for effects once. */
export interface EventConsumer extends Lifecycle<ConsumerStopReport> {
  /**
   * Registers the handler of an event type. Before `start()` only.
   *
   * @param eventType The `event_type` to handle.
   * @param handler Called with each event of the type.
   * @returns The consumer, for chaining.
   */
  on<T = unknown>(eventType: string, handler: EventHandler<T>): this;
  /**
   * Registers the handler of an event type whose data is validated first.
   *
   * @param eventType The `event_type` to handle.
   * @param schema Any Standard Schema of the data.
   * @param handler Called with each event of the type.
   * @returns The consumer, for chaining.
   */
  on<T>(
    eventType: string,
    schema: StandardSchema<T>,
    handler: EventHandler<T>,
  ): this;
}

/** A message of a subscription. */
export interface PubSubMessage {
  /** The channel it was published on; of a marker, the channel or pattern. */
  readonly channel: string;
  /** The text; empty when `gap` is set. */
  readonly message: string;
  /** The pattern that matched, in a subscription by pattern. */
  readonly pattern?: string;
  /** Its id, where a history is kept; grows with each message of a user. */
  readonly id?: string;
  /**
   * Set on a marker that the iterator receives after an outage or an overflow:
   * messages of this channel may have been missed before it.
   */
  readonly gap?: PubSubGap;
}

/** Why and how much of a subscription's stream is missing. */
export interface PubSubGap {
  /**
   * What happened: the connection was lost, the buffer was full, or what was
   * missed is not in the history any more.
   */
  readonly reason: "reconnected" | "overflow" | "history";
  /** The messages dropped, where that is known. */
  readonly dropped?: number;
}

/** Options of {@linkcode PubSub.subscribe}. */
export interface SubscribeOptions {
  /** Ends the subscription, and its iterator. */
  readonly signal?: AbortSignal;
  /**
   * Messages held for a reader that is slower than the channel.
   *
   * @default {1_000}
   */
  readonly bufferSize?: number;
  /**
   * What happens when the buffer is full.
   *
   * - `"drop-oldest"`: the oldest message is dropped, and the reader is told of
   *   the gap
   * - `"block"`: the subscription has a connection of its own, which is not read
   *   until there is room; nothing is dropped, and others are not held up
   * - `"close"`: the subscription ends with an error
   *
   * @default {"drop-oldest"}
   */
  readonly onOverflow?: "drop-oldest" | "block" | "close";
}

/** A live subscription: an async iterator of messages that can be ended. */
export interface Subscription extends AsyncIterable<PubSubMessage> {
  /** The channels subscribed to, or the patterns. */
  readonly channels: readonly string[];
  /** Messages dropped so far because the reader was too slow. */
  readonly dropped: number;
  /** Ends the subscription; the iterator finishes. Idempotent. */
  unsubscribe(): Promise<void>;
  /** Iterates over the messages; leaving the loop ends the subscription. */
  [Symbol.asyncIterator](): AsyncIterator<PubSubMessage, undefined>;
  /** The same as `unsubscribe()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Publish and subscribe by channel. */
export interface PubSub {
  /**
   * Publishes a message.
   *
   * @returns How many subscribers received it.
   */
  publish(channel: string, message: string): Promise<number>;
  /** Subscribes; resolves once the server has acknowledged. */
  subscribe(
    channels: string | readonly string[],
    options?: SubscribeOptions,
  ): Promise<Subscription>;
}

/** Tells a user something, wherever that user's page is connected. */
export interface UserNotifier {
  /** The channel of a user: `ws:{userId}`. */
  getUserChannel(userId: string): string;
  /**
   * Publishes `{"event": eventType, "data": data}` on the user's channel.
   *
   * @returns How many subscribers received it.
   */
  publishUserNotification(
    userId: string,
    eventType: string,
    data: unknown,
  ): Promise<number>;
}

/** What is recorded of an event while and after it is handled. */
export interface IdempotencyRecord {
  /** The service that handles it. */
  readonly processedBy: string;
  /** The event's id. */
  readonly eventId: string;
  /** The event's correlation id. */
  readonly correlationId: string;
  /** The service that published it. */
  readonly sourceService: string;
}

/** The answer to a claim: it is ours under `token`, or why it is not. */
export type IdempotencyClaim =
  | { readonly status: "claimed"; readonly token: string }
  | { readonly status: "completed" }
  | { readonly status: "in_progress" };

/**
 * Remembers which events were handled, in two phases with an owner's token:
 * claim, then complete or release. The last three answer `false`, and change
 * nothing, when the token no longer owns the key.
 */
export interface IdempotencyStore {
  /** Claims the key for `leaseMs`, or tells why it cannot be claimed. */
  claim(
    key: string,
    leaseMs: number,
    record: IdempotencyRecord,
  ): Promise<IdempotencyClaim>;
  /** Renews the lease of a claim. */
  extend(key: string, token: string, leaseMs: number): Promise<boolean>;
  /** Marks the event as handled for `ttlMs`. */
  complete(key: string, token: string, ttlMs: number): Promise<boolean>;
  /** Gives the claim up, so that the event can be handled again. */
  release(key: string, token: string): Promise<boolean>;
}

export type { EventEnvelope } from "./events/envelope.ts";
export type {
  StandardSchema,
  StandardSchemaIssue,
  StandardSchemaResult,
} from "./events/standard_schema.ts";
export type {
  AtomicRedisClient,
  PatternSubscriber,
  RedisClaim,
  RedisTransaction,
  ScanOptions,
  SubscribeUserOptions,
  TtlOptions,
  UserSubscriber,
  UserSubscription,
} from "./protocols_redis.ts";
