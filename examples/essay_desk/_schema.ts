// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  StandardSchema,
  StandardSchemaIssue,
} from "@huleedu/service-libs/events";

/** A UUID as text. */
export const UUID =
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Makes a Standard Schema by hand. With Zod, Valibot or ArkType at hand, use
 * theirs: a consumer takes any of them.
 *
 * @typeParam T The type of a valid value.
 * @param issuesOf Lists what is wrong with a value.
 */
export function schemaOf<T>(
  issuesOf: (value: unknown) => Iterable<StandardSchemaIssue>,
): StandardSchema<T> {
  return {
    "~standard": {
      version: 1,
      vendor: "essay_desk",
      validate(value) {
        const issues = [...issuesOf(value)];
        return issues.length > 0 ? { issues } : { value: value as T };
      },
    },
  };
}

/** One thing that is wrong with a field. */
export function issue(field: string, message: string): StandardSchemaIssue {
  return { message, path: [field] };
}

/** The fields of an object; none of anything else. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? value as Record<string, unknown>
    : {};
}
