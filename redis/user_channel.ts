// Copyright 2026 the HuleEdu authors. MIT license.

import { text } from "./arguments.ts";

/**
 * The channel of a user. Glob characters are fine: nobody subscribes to it by
 * pattern.
 *
 * @param userId The user's id.
 * @returns `ws:{userId}`.
 * @throws {RangeError} If the id is empty, or holds a control character, a line
 * separator or half a surrogate pair, which would make two ids one.
 */
export function userChannel(userId: string): string {
  if (text("userId", userId) === "") {
    throw new RangeError('"userId" must not be empty');
  }
  if (/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(userId)) {
    throw new RangeError('"userId" must not hold control characters');
  }
  return `ws:${userId}`;
}
