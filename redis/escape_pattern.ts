// Copyright 2026 the HuleEdu authors. MIT license.

import { text } from "./arguments.ts";

/**
 * Makes text stand for itself within a pattern of Redis.
 *
 * @param literal Any text, such as a user's id.
 * @returns The text with a backslash before each character that a glob gives a
 * meaning to.
 *
 * Source: https://redis.io/docs/latest/commands/psubscribe/
 *
 * @example All rooms of a user whose id holds a star
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { escapePattern } from "@huleedu/service-libs/redis";
 *
 * assertEquals(`room:${escapePattern("a*[1]")}:*`, "room:a\\*\\[1\\]:*");
 * ```
 */
export function escapePattern(literal: string): string {
  return text("literal", literal).replace(/[*?[\]\\]/g, "\\$&");
}
