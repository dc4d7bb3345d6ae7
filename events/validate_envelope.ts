// Copyright 2026 the HuleEdu authors. MIT license.

import { applyResult, runSchema } from "./_schema.ts";
import type { EventEnvelope } from "./envelope.ts";
import type { StandardSchema } from "./standard_schema.ts";

/**
 * Checks the data of an envelope that is already parsed, with a schema that may
 * take its time. The second half of reading in two phases: the first tells the
 * event's type, and the type tells the schema.
 *
 * @typeParam T The type of valid data.
 * @param envelope The envelope.
 * @param schema Any Standard Schema of the data.
 * @returns The envelope with the data that the schema puts out.
 * @throws {EnvelopeError} If the schema refuses the data, or itself throws;
 * `issues` lists all that it found.
 * @throws {TypeError} If `schema` is no Standard Schema.
 *
 * @example With a schema written by hand
 * ```ts
 * import { parseEnvelope, validateEnvelope } from "@huleedu/service-libs/events";
 * import type { StandardSchema } from "@huleedu/service-libs/events";
 * import { assertEquals } from "@std/assert";
 *
 * const text: StandardSchema<string> = {
 *   "~standard": {
 *     version: 1,
 *     vendor: "example",
 *     validate: async (value) =>
 *       await Promise.resolve(
 *         typeof value === "string"
 *           ? { value }
 *           : { issues: [{ message: "expected text" }] },
 *       ),
 *   },
 * };
 * const envelope = parseEnvelope(
 *   '{"event_type":"t","source_service":"s","data":"hello"}',
 * );
 * assertEquals((await validateEnvelope(envelope, text)).data, "hello");
 * ```
 */
export async function validateEnvelope<T>(
  envelope: EventEnvelope,
  schema: StandardSchema<T>,
): Promise<EventEnvelope<T>> {
  const result = await runSchema(schema, envelope.data);
  return applyResult(envelope, result);
}
