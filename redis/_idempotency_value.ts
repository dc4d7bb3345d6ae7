// Copyright 2026 the HuleEdu authors. MIT license.

// The value that Python's `idempotency_v2.py` reads and writes, and a token.

import { toPythonJson } from "../events/python_json.ts";
import type { IdempotencyRecord } from "../protocols.ts";

/** What a stored value says. */
export interface StoredClaim {
  readonly status: "completed" | "in_progress";
  /** Who holds it; services in Python have no token. */
  readonly token: string | null;
  /** Milliseconds since the Unix epoch; `null` where none is to be expected. */
  readonly startedAt: number | null;
  readonly record: IdempotencyRecord;
}

/** A holder without a token that began longer ago has died. */
export const STALE_MS = 300_000;

/** What is the same in each value of a claim. */
export function claimDetails(token: string, record: IdempotencyRecord): string {
  return `"processed_by": ${toPythonJson(record.processedBy)}, ` +
    `"event_id": ${toPythonJson(record.eventId)}, ` +
    `"correlation_id": ${toPythonJson(record.correlationId)}, ` +
    `"source_service": ${toPythonJson(record.sourceService)}, ` +
    `"token": ${toPythonJson(token)}}`;
}

/** The value of an event that is being handled. */
export function processingValue(startedAt: number, details: string): string {
  return `{"status": "processing", "started_at": ${
    seconds(startedAt)
  }, ${details}`;
}

/** The value of an event that was handled. */
export function completedValue(
  startedAt: number,
  completedAt: number,
  details: string,
): string {
  return `{"status": "completed", "started_at": ${seconds(startedAt)}, ` +
    `"completed_at": ${seconds(completedAt)}, ${details}`;
}

/**
 * Understands a value as the Python services do: what is not an object of
 * theirs was left by an older version and means completed; a status that nobody
 * knows is somebody's, and not ours to take.
 */
export function readValue(value: string): StoredClaim {
  const stored = parseObject(value);
  const { status = "completed", token, started_at: startedAt } = stored ?? {};
  const completed = stored === null ? value !== "" : status === "completed";
  return {
    status: completed ? "completed" : "in_progress",
    token: typeof token === "string" ? token : null,
    startedAt: status === "processing" ? milliseconds(startedAt) : null,
    record: {
      processedBy: String(stored?.processed_by),
      eventId: String(stored?.event_id),
      correlationId: String(stored?.correlation_id),
      sourceService: String(stored?.source_service),
    },
  };
}

/**
 * Whether a holder without a token has begun and died. Its key should have
 * expired by itself, so this is rare; holders with a token renew their lease.
 */
export function isStale(
  { status, token, startedAt }: StoredClaim,
  now: number,
): boolean {
  return status === "in_progress" && token === null && startedAt !== null &&
    now - startedAt > STALE_MS;
}

function parseObject(value: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(value);
    const isObject = typeof parsed === "object" && !Array.isArray(parsed);
    return isObject ? parsed as Record<string, unknown> | null : null;
  } catch {
    return null;
  }
}

/** Python's float: always with a fraction. */
function seconds(ms: number): string {
  const text = String(ms / 1_000);
  return text.includes(".") ? text : `${text}.0`;
}

function milliseconds(startedAt: unknown): number {
  return typeof startedAt === "number" ? startedAt * 1_000 : 0;
}
