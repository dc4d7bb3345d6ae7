// Copyright 2026 the HuleEdu authors. MIT license.

import { EnvelopeError } from "./envelope_error.ts";
import { kindOf } from "./_kind.ts";
import { formatPath } from "./_path.ts";
import type { EventEnvelope } from "./envelope.ts";
import type {
  StandardSchema,
  StandardSchemaIssue,
  StandardSchemaResult,
} from "./standard_schema.ts";

const NO_RESULT = "could not be validated: the schema gave no result";

/**
 * Asks a schema about the data of an event.
 *
 * @returns Its result, or the promise of it.
 * @throws {EnvelopeError} If the schema throws.
 * @throws {TypeError} If it is no Standard Schema.
 */
export function runSchema<T>(
  schema: StandardSchema<T>,
  data: unknown,
): StandardSchemaResult<T> | Promise<StandardSchemaResult<T>> {
  const standard = schema?.["~standard"];
  if (typeof standard?.validate !== "function") {
    throw new TypeError(
      `Cannot validate event: "schema" must be a Standard Schema, received ${
        kindOf(schema)
      }`,
    );
  }
  try {
    const result = standard.validate(data);
    return isThenable(result)
      ? Promise.resolve(result).catch(schemaThrew)
      : result;
  } catch (cause) {
    return schemaThrew(cause);
  }
}

/**
 * The envelope with the data that a schema put out.
 *
 * @throws {EnvelopeError} If the schema found issues, or gave no result.
 */
export function applyResult<T>(
  envelope: EventEnvelope,
  result: StandardSchemaResult<T>,
): EventEnvelope<T> {
  if (typeof result !== "object" || result === null) {
    throw new EnvelopeError("data", NO_RESULT);
  }
  if (result.issues === undefined) return { ...envelope, data: result.value };
  const [issue] = result.issues;
  const more = result.issues.length - 1;
  throw new EnvelopeError(
    formatPath("data", issue?.path?.map(keyOf) ?? []),
    `does not match the schema: ${issue?.message ?? "no reason given"}${
      more > 0 ? ` (and ${more} more)` : ""
    }`,
    { issues: result.issues },
  );
}

/** A promise of whatever library. */
function isThenable<T>(result: T | PromiseLike<T>): result is PromiseLike<T> {
  return typeof result === "object" && result !== null && "then" in result;
}

function schemaThrew(cause: unknown): never {
  throw new EnvelopeError("data", "could not be validated: the schema threw", {
    cause,
  });
}

function keyOf(
  segment: NonNullable<StandardSchemaIssue["path"]>[number],
): PropertyKey {
  return typeof segment === "object" ? segment.key : segment;
}
