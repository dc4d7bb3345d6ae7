// Copyright 2026 the HuleEdu authors. MIT license.

import type { LogFieldNames } from "./log_field_names.ts";
import type { LogFormat } from "./log_format.ts";
import type { LogHandler } from "./log_handler.ts";
import { parsePath } from "./_path.ts";

/**
 * The form that an option names.
 *
 * @throws {RangeError} If it names none.
 */
export function requireFormat(action: string, value: LogFormat): LogFormat {
  if (value === "json" || value === "console") return value;
  throw new RangeError(
    `Cannot ${action}: "format" must be "json" or "console", received ${
      kindOf(value)
    }`,
  );
}

/**
 * A name that is not empty.
 *
 * @throws {TypeError} If it is none.
 */
export function requireName(
  action: string,
  option: string,
  value: string,
): string {
  if (typeof value === "string" && value !== "") return value;
  throw new TypeError(
    `Cannot ${action}: "${option}" must be a string that is not empty, received ${
      kindOf(value)
    }`,
  );
}

/**
 * A list of handlers, copied.
 *
 * @throws {TypeError} If it is none.
 */
export function requireHandlers(
  action: string,
  value: readonly LogHandler[],
): readonly LogHandler[] {
  if (Array.isArray(value) && value.every(isHandler)) return [...value];
  throw new TypeError(
    `Cannot ${action}: "handlers" must be a list of objects with a method "handle", received ${
      Array.isArray(value)
        ? `a list with ${kindOf(value.find((item) => !isHandler(item)))}`
        : kindOf(value)
    }`,
  );
}

/**
 * A predicate.
 *
 * @throws {TypeError} If it is none.
 */
export function requirePredicate(
  action: string,
  option: string,
  value: (key: string) => boolean,
): (key: string) => boolean {
  if (typeof value === "function") return value;
  throw new TypeError(
    `Cannot ${action}: "${option}" must be a function, received ${
      kindOf(value)
    }`,
  );
}

/**
 * A list of paths, each as the list of its names.
 *
 * @throws {TypeError} If it is none.
 */
export function requirePaths(
  action: string,
  option: string,
  value: readonly string[],
): readonly (readonly string[])[] {
  const paths = Array.isArray(value) ? value.map(toPath) : [undefined];
  const wrong = paths.indexOf(undefined);
  if (wrong < 0) return paths as readonly (readonly string[])[];
  throw new TypeError(
    `Cannot ${action}: "${option}" must be a list of paths such as user.email, items[0].name or a["b.c"], received ${
      Array.isArray(value)
        ? `a list with ${kindOf(value[wrong])}`
        : kindOf(value)
    }`,
  );
}

/**
 * A whole number.
 *
 * @throws {RangeError} If it is none, or below `least`.
 */
export function requireCount(
  action: string,
  option: string,
  value: number,
  least: number,
): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new RangeError(
    `Cannot ${action}: "${option}" must be a whole number of at least ${least}, received ${
      typeof value === "number" ? value : kindOf(value)
    }`,
  );
}

/**
 * The names of fields that an option asks for.
 *
 * @throws {RangeError} If there are no such.
 */
export function requireFieldNames(
  action: string,
  value: LogFieldNames,
): LogFieldNames {
  if (value === "default" || value === "python") return value;
  throw new RangeError(
    `Cannot ${action}: "fieldNames" must be "default" or "python", received ${
      kindOf(value)
    }`,
  );
}

/** A short text as it is; of anything else only the kind. */
export function kindOf(value: unknown): string {
  if (typeof value === "string" && value.length <= 32) {
    return JSON.stringify(value);
  }
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : typeof value;
}

function toPath(value: unknown): readonly string[] | undefined {
  return typeof value === "string" ? parsePath(value) : undefined;
}

function isHandler(value: unknown): boolean {
  return typeof value === "object" && value !== null &&
    typeof (value as { handle?: unknown }).handle === "function";
}
