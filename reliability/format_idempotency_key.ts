// Copyright 2026 the HuleEdu authors. MIT license.

import { kindOf } from "./_options.ts";

/** What an idempotency key is made of. */
export interface IdempotencyKeyParts {
  /**
   * What the key begins with.
   *
   * @default {"huleedu:idempotency:v2"}
   */
  readonly keyPrefix?: string;
  /** The service that handles the event. */
  readonly serviceName: string;
  /** The event's type. Each `.` becomes `_`. */
  readonly eventType: string;
  /** The hash that names the event. */
  readonly hash: string;
}

/**
 * Puts an idempotency key together: `{prefix}:{service}:{event_type}:{hash}`.
 * Nothing is escaped, as the Python services do it.
 *
 * @param parts The parts.
 * @returns The key.
 * @throws {TypeError} If a part is not a text.
 *
 * @example A key by its parts
 * ```ts
 * import { formatIdempotencyKey } from "@huleedu/service-libs/reliability";
 * import { assertEquals } from "@std/assert";
 *
 * const key = formatIdempotencyKey({
 *   serviceName: "essays",
 *   eventType: "huleedu.essay.created.v1",
 *   hash: "5eb2",
 * });
 * assertEquals(key, "huleedu:idempotency:v2:essays:huleedu_essay_created_v1:5eb2");
 * ```
 */
export function formatIdempotencyKey(parts: IdempotencyKeyParts): string {
  const {
    keyPrefix = "huleedu:idempotency:v2",
    serviceName,
    eventType,
    hash,
  } = parts;
  requireText("keyPrefix", keyPrefix);
  requireText("serviceName", serviceName);
  requireText("eventType", eventType);
  requireText("hash", hash);
  const type = eventType.replaceAll(".", "_");
  return `${keyPrefix}:${serviceName}:${type}:${hash}`;
}

function requireText(name: string, value: unknown): void {
  if (typeof value === "string") return;
  throw new TypeError(
    `Cannot format idempotency key: "${name}" must be a text, ` +
      `received ${kindOf(value)}`,
  );
}
