// Copyright 2026 the HuleEdu authors. MIT license.

import { texts } from "./arguments.ts";

/**
 * The channels or patterns of a subscription, each once.
 *
 * @param field The parameter, as messages name it.
 * @param channels One channel, or several.
 * @returns The channels.
 * @throws {TypeError} If there is none, or one is not text.
 */
export function channelNames(
  field: "channels" | "patterns",
  channels: string | readonly string[],
): string[] {
  const names = typeof channels === "string"
    ? [channels]
    : texts(field, channels);
  return [...new Set(names)];
}
