// Copyright 2026 the HuleEdu authors. MIT license.

import type { NameKind } from "./_secret_names.ts";

/**
 * What a name means for its value: it is a secret; it describes one, so that
 * numbers may be shown; a name beside it may say that it is a secret; or it is
 * a list of names and values in turn.
 */
export type Role = "plain" | "secret" | "description" | "value" | "headers";

/** What is worth knowing about a name, found out once. */
export interface KeyInfo {
  /** The name as JSON between the comma before it and the colon. */
  readonly head: string;
  /** What it means for the value. */
  readonly role: Role;
}

const VALUE = /^(?:value|val)s?$/i;

/** Headers as Node and undici may list them: names and values in turn. */
const HEADERS = /^(?:raw[_-]?)?(?:headers|trailers)$/i;

/** Fields that name what stands under `value` beside them. */
const NAMES: readonly string[] = [
  ...["name", "key", "header", "field", "path", "param", "property"],
  ...["Name", "Key"],
];

/** Longer texts are no names. */
const MAX_NAME = 128;

/** Tells what a name means, of which it is known whether it is a secret. */
export function roleOf(name: string, kind: NameKind): Role {
  if (kind !== "other") return kind;
  if (VALUE.test(name)) return "value";
  return HEADERS.test(name) ? "headers" : "plain";
}

/** Tells whether an object names a secret beside its `value`. */
export function namesSecret(
  read: (name: string) => unknown,
  kindOf: (name: string) => NameKind,
): boolean {
  return NAMES.some((field) => isSecretName(read(field), kindOf));
}

/** Tells whether a value is the name of a secret. */
export function isSecretName(
  value: unknown,
  kindOf: (name: string) => NameKind,
): value is string {
  return typeof value === "string" && value.length <= MAX_NAME &&
    kindOf(value) === "secret";
}

/** The name in a pair of a name and a value, if a value is one. */
export function pairName(value: unknown): unknown {
  try {
    return Array.isArray(value) && value.length === 2 ? value[0] : undefined;
  } catch {
    return undefined;
  }
}

/** Tells whether a value is a secret option of a command, as `--password`. */
export function isSecretOption(
  value: unknown,
  kindOf: (name: string) => NameKind,
): boolean {
  return typeof value === "string" && value.startsWith("--") &&
    isSecretName(value.slice(2), kindOf);
}

/**
 * Tells whether there is a secret under a secret name: that there is none is
 * no secret, nor is a yes or no, nor how many tokens a model has used.
 */
export function isWorthHiding(name: string, value: unknown): boolean {
  if (value === undefined || value === null || value === "") return false;
  if (typeof value === "boolean") return false;
  return !(typeof value === "number" && /tokens$/i.test(name));
}
