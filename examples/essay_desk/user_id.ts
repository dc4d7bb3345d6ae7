// Copyright 2026 the HuleEdu authors. MIT license.

const USER_ID = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,39}$/u;

/**
 * Whether a value can name a user: 1 to 40 letters, digits, `.`, `_` or `-`,
 * beginning with a letter or a digit. Composed, so that one name is one text.
 *
 * @param value Anything.
 * @returns Whether it is the name of a user.
 */
export function isUserId(value: unknown): value is string {
  return typeof value === "string" && USER_ID.test(value) &&
    value === value.normalize("NFC");
}
