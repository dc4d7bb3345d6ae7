// Copyright 2026 the HuleEdu authors. MIT license.

import { EventError } from "./event_error.ts";
import type { StandardSchemaIssue } from "./standard_schema.ts";

/** Options of {@linkcode EnvelopeError}. */
export interface EnvelopeErrorOptions extends ErrorOptions {
  /** What a schema found, when a schema refused the data. */
  readonly issues?: readonly StandardSchemaIssue[];
}

/**
 * An event that cannot be read, made or written: where it is wrong, and how.
 * It names the kind of a wrong value, never the value itself.
 *
 * @example Telling where an event is wrong
 * ```ts
 * import { EnvelopeError, parseEnvelope } from "@huleedu/service-libs/events";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(
 *   () => parseEnvelope('{"event_type":"t","source_service":7,"data":{}}'),
 *   EnvelopeError,
 * );
 * assertEquals(error.path, "source_service");
 * assertEquals(error.reason, "must be a string, received a number");
 * ```
 */
export class EnvelopeError extends EventError {
  /** The name of the class, for logs. */
  override name = "EnvelopeError";
  /** Where: `correlation_id`, `data.items[0].id`; empty for the whole body. */
  readonly path: string;
  /** What is wrong there. */
  readonly reason: string;
  /** All that a schema found; empty when no schema was asked. */
  readonly issues: readonly StandardSchemaIssue[];

  /**
   * Makes the error.
   *
   * @param path Where; empty for the whole body.
   * @param reason What is wrong there, as the rest of a sentence.
   * @param options The cause, and the issues of a schema.
   */
  constructor(
    path: string,
    reason: string,
    options: EnvelopeErrorOptions = {},
  ) {
    const subject = path === "" ? "the body" : `"${path}"`;
    super(`Invalid event: ${subject} ${reason}`, options);
    this.path = path;
    this.reason = reason;
    this.issues = options.issues ?? [];
  }
}
