// Copyright 2026 the HuleEdu authors. MIT license.

import { count } from "../events/metrics.ts";
import type {
  Clock,
  EventEnvelope,
  EventHandler,
  HandlerContext,
  HandlerOutcome,
  IdempotencyClaim,
  IdempotencyStore,
  Logger,
} from "../protocols.ts";
import { Delivery } from "./_delivery.ts";
import { LeaseKeeper } from "./_lease_keeper.ts";
import { requireChoice, requireInteger, requireText } from "./_options.ts";
import { idempotencyKey } from "./idempotency_key.ts";
import {
  DEFAULT_EVENT_TYPE_TTLS_MS,
  type IdempotencyTtlOptions,
} from "./idempotency_ttl.ts";
import { systemClock } from "./system_clock.ts";

const ACTION = "make handler idempotent";

/** Options of {@linkcode idempotent}. */
export interface IdempotentOptions extends IdempotencyTtlOptions {
  /** Remembers which events were handled. */
  readonly store: IdempotencyStore;
  /** The service that handles the events; part of the key. */
  readonly serviceName: string;
  /**
   * Milliseconds for which a claim lasts without a renewal: how long an event
   * waits when its worker died. Renewed at a third of it.
   *
   * @default {30_000}
   */
  readonly leaseMs?: number;
  /**
   * What happens when the store fails at the claim: `"fail"` rejects, so that
   * nothing is handled or committed; `"run"` logs a warning and runs the
   * handler without protection.
   *
   * @default {"fail"}
   */
  readonly onStoreDown?: "fail" | "run";
  /**
   * What keys begin with.
   *
   * @default {"huleedu:idempotency:v2"}
   */
  readonly keyPrefix?: string;
  /**
   * Tells the time of leases.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock;
  /** Where the outcome is logged; the logger of the delivery by default. */
  readonly logger?: Logger;
}

/**
 * Makes a handler's effect happen once, though its events come at least once.
 *
 * An event is claimed, handled with the claim renewed meanwhile, and marked as
 * handled. It is `"duplicate"` when it is marked already, and `"in_progress"`
 * when another worker holds it: ask again later, and do not commit it.
 *
 * The handler runs at most once per delivery. When it rejects, also because
 * its signal fired, the claim is given up, so that a redelivery runs it again.
 * A handler that is told to end and does not keeps its claim for one more lease.
 *
 * When the lease is lost, the handler's signal fires, and once the handler has
 * settled the delivery rejects with `LeaseLostError`, whatever it answered.
 *
 * The effect may repeat in two cases, both of which reject so that the event is
 * retried: the worker dies, or the store fails, between the effect and the mark.
 * A handler that cannot bear that writes its effect and the event's id in one
 * transaction of its own.
 *
 * @typeParam T The shape of the event's data.
 * @param handler Handles an event. Its context's signal fires on a lost lease
 * too. When it answers `"in_progress"` itself, its claim is given up.
 * @param options The store, the service and the times.
 * @returns A handler that tells what became of the event. It rejects with
 * `IdempotencyStoreError` when the store failed, with `LeaseLostError`, and with
 * whatever `handler` rejects with.
 * @throws {RangeError} If a time is out of range, or a TTL is shorter than the
 * lease.
 * @throws {TypeError} If an option is of the wrong kind.
 *
 * @example The second delivery is a duplicate
 * ```ts
 * import { createEnvelope } from "@huleedu/service-libs/events";
 * import { idempotent } from "@huleedu/service-libs/reliability";
 * import { MemoryIdempotencyStore, RecordingLogger } from "@huleedu/service-libs/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const store = new MemoryIdempotencyStore();
 * const grade = idempotent(async () => {}, { store, serviceName: "grading" });
 *
 * const envelope = createEnvelope({
 *   eventType: "huleedu.essay.created.v1",
 *   sourceService: "essays",
 *   data: { essay_id: "e-1" },
 * });
 * const context = {
 *   signal: new AbortController().signal,
 *   attempt: 1,
 *   topic: "huleedu.essay.created.v1",
 *   partition: 0,
 *   offset: "0",
 *   key: null,
 *   headers: {},
 *   logger: new RecordingLogger(),
 * };
 * assertEquals(await grade(envelope, context), "processed");
 * assertEquals(await grade(envelope, context), "duplicate");
 * ```
 */
export function idempotent<T = unknown>(
  handler: EventHandler<T>,
  options: IdempotentOptions,
): (
  envelope: EventEnvelope<T>,
  context: HandlerContext,
) => Promise<HandlerOutcome> {
  const checked = withDefaults(options);
  const settings = { ...checked, keeper: new LeaseKeeper(checked) };
  return async (envelope, context) => {
    context.signal.throwIfAborted();
    const key = idempotencyKey(envelope, settings);
    const delivery = new Delivery(envelope, context, key, settings);
    const claimedAt = settings.clock.monotonic();
    let claim: IdempotencyClaim;
    try {
      claim = await delivery.claim();
    } catch (error) {
      if (settings.onStoreDown === "fail") throw error;
      delivery.logger.warn("Event is handled without protection", {
        key,
        error,
      });
      return await handler(envelope, context) ?? "processed";
    }
    if (claim.status === "claimed") {
      return await delivery.handle(handler, claim.token, claimedAt);
    }
    const outcome = claim.status === "completed" ? "duplicate" : "in_progress";
    if (outcome === "duplicate") {
      count("huleedu.consume.duplicates", {
        "huleedu.service": settings.serviceName,
        "huleedu.event.type": envelope.event_type,
      });
    }
    delivery.logger.info("Event is not handled", { key, outcome });
    return outcome;
  };
}

function withDefaults(
  options: IdempotentOptions,
): Required<Omit<IdempotentOptions, "logger">> & { logger?: Logger } {
  const {
    store,
    serviceName,
    ttlMs = 86_400_000,
    eventTypeTtlsMs = DEFAULT_EVENT_TYPE_TTLS_MS,
    leaseMs = 30_000,
    onStoreDown = "fail",
    keyPrefix = "huleedu:idempotency:v2",
    clock = systemClock,
  } = options;
  requireText(ACTION, "serviceName", serviceName);
  requireChoice(ACTION, "onStoreDown", onStoreDown, ["fail", "run"]);
  requireInteger(ACTION, "leaseMs", leaseMs, 3);
  requireTtl("ttlMs", ttlMs, leaseMs);
  for (const [eventType, typeTtlMs] of Object.entries(eventTypeTtlsMs)) {
    requireTtl(`eventTypeTtlsMs["${eventType}"]`, typeTtlMs, leaseMs);
  }
  return {
    store,
    serviceName,
    ttlMs,
    eventTypeTtlsMs,
    leaseMs,
    onStoreDown,
    keyPrefix,
    clock,
    ...(options.logger && { logger: options.logger }),
  };
}

function requireTtl(option: string, ttlMs: number, leaseMs: number): void {
  requireInteger(ACTION, option, ttlMs, 1);
  if (ttlMs >= leaseMs) return;
  throw new RangeError(
    `Cannot make handler idempotent: "${option}" must not be shorter than ` +
      `"leaseMs", received ${ttlMs} and ${leaseMs}`,
  );
}
