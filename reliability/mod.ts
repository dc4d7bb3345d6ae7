// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Policies over the ports: handlers whose effect happens once, calls that stop
 * when their target fails, and publishers that outlast an outage. Nothing here
 * knows of Kafka or Redis.
 *
 * @example Trying again, behind a circuit breaker
 * ```ts
 * import { CircuitBreaker, retry } from "@huleedu/service-libs/reliability";
 * import { assertEquals } from "@std/assert";
 *
 * const breaker = new CircuitBreaker({ name: "content" });
 * const text = await retry(
 *   () => breaker.execute(() => Promise.resolve("essay")),
 *   { maxAttempts: 3 },
 * );
 * assertEquals(text, "essay");
 * ```
 *
 * @module
 */

export {
  CircuitBreaker,
  type CircuitBreakerOptions,
  type CircuitSnapshot,
  type CircuitState,
  type CircuitStateChange,
  type ExecuteOptions,
} from "./circuit_breaker.ts";
export {
  CircuitOpenError,
  FallbackQueueFullError,
  type FallbackQueueFullErrorOptions,
  type IdempotencyErrorOptions,
  IdempotencyStoreError,
  type IdempotencyStoreErrorOptions,
  LeaseLostError,
  NotStartedError,
  ReliabilityError,
  RetryError,
  UnsentEventsError,
} from "./errors.ts";
export type { FlushReport, UnsentEvent } from "./flush_report.ts";
export {
  formatIdempotencyKey,
  type IdempotencyKeyParts,
} from "./format_idempotency_key.ts";
export { hashEventId } from "./hash_event_id.ts";
export {
  idempotencyKey,
  type IdempotencyKeyOptions,
} from "./idempotency_key.ts";
export {
  DEFAULT_EVENT_TYPE_TTLS_MS,
  idempotencyTtlMs,
  type IdempotencyTtlOptions,
} from "./idempotency_ttl.ts";
export { idempotent, type IdempotentOptions } from "./idempotent.ts";
export { ResilientPublisher } from "./resilient_publisher.ts";
export type {
  ResilientPublisherOptions,
  ResilientPublisherSnapshot,
} from "./resilient_publisher_options.ts";
export { retry, type RetryOptions } from "./retry.ts";
export { systemClock } from "./system_clock.ts";
export type {
  Clock,
  EventEnvelope,
  EventHandler,
  EventPublisher,
  HandlerContext,
  HandlerOutcome,
  IdempotencyClaim,
  IdempotencyRecord,
  IdempotencyStore,
  Lifecycle,
  LogFields,
  Logger,
  PublishOptions,
  PublishOutcome,
  StopOptions,
} from "../protocols.ts";
