// Copyright 2026 the HuleEdu authors. MIT license.

const HOUR_MS = 3_600_000;

/** Options of {@linkcode idempotencyTtlMs}. */
export interface IdempotencyTtlOptions {
  /**
   * Milliseconds for which an event is remembered when its type is not in the
   * table.
   *
   * @default {86_400_000}
   */
  readonly ttlMs?: number;
  /**
   * Milliseconds by event type. Replaces the default table; an empty one leaves
   * `ttlMs` for every type.
   *
   * @default {DEFAULT_EVENT_TYPE_TTLS_MS}
   */
  readonly eventTypeTtlsMs?: Readonly<Record<string, number>>;
}

/**
 * For how many milliseconds an event is remembered once it is handled, by its
 * type: an hour for what is never redelivered late, three days for aggregates.
 *
 * Source: `idempotency_v2.py` of the Python services.
 */
export const DEFAULT_EVENT_TYPE_TTLS_MS: Readonly<Record<string, number>> =
  Object.freeze({
    "huleedu.essay.spellcheck.requested.v1": HOUR_MS,
    "huleedu.essay.spellcheck.completed.v1": HOUR_MS,
    "huleedu.file.essay.content.provisioned.v1": HOUR_MS,
    "huleedu.file.essay.validation.failed.v1": HOUR_MS,
    "huleedu.batch.essays.registered.v1": 12 * HOUR_MS,
    "huleedu.els.batch.essays.ready.v1": 12 * HOUR_MS,
    "huleedu.els.batch.phase.outcome.v1": 12 * HOUR_MS,
    "huleedu.cj_assessment.completed.v1": 24 * HOUR_MS,
    "huleedu.batch.cj_assessment.initiate.command.v1": 24 * HOUR_MS,
    "huleedu.batch.spellcheck.initiate.command.v1": 24 * HOUR_MS,
    "huleedu.result_aggregator.batch.completed.v1": 72 * HOUR_MS,
    "huleedu.result_aggregator.class.summary.updated.v1": 72 * HOUR_MS,
  });

/**
 * For how long an event of a type is remembered once it is handled.
 *
 * @param eventType The event's type.
 * @param options The table, and what holds for types that are not in it.
 * @returns Milliseconds.
 *
 * @example A type of the default table, and another
 * ```ts
 * import { idempotencyTtlMs } from "@huleedu/service-libs/reliability";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(idempotencyTtlMs("huleedu.essay.spellcheck.completed.v1"), 3_600_000);
 * assertEquals(idempotencyTtlMs("huleedu.essay.created.v1"), 86_400_000);
 * ```
 */
export function idempotencyTtlMs(
  eventType: string,
  options: IdempotencyTtlOptions = {},
): number {
  const { ttlMs = 24 * HOUR_MS, eventTypeTtlsMs = DEFAULT_EVENT_TYPE_TTLS_MS } =
    options;
  return Object.hasOwn(eventTypeTtlsMs, eventType)
    ? eventTypeTtlsMs[eventType] ?? ttlMs
    : ttlMs;
}
