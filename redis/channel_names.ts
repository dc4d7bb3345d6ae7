// Copyright 2026 the HuleEdu authors. MIT license.

import { texts } from "./arguments.ts";

/**
 * The channels of a subscription, each once.
 *
 * @param channels One channel, or several.
 * @returns The channels.
 * @throws {TypeError} If there is none, or one is not text.
 */
export function channelNames(channels: string | readonly string[]): string[] {
  const names = typeof channels === "string"
    ? [channels]
    : texts("channels", channels);
  return [...new Set(names)];
}
