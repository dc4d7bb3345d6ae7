// Copyright 2026 the HuleEdu authors. MIT license.

import type { PubSubMessage } from "../protocols.ts";

/**
 * What a page is told when messages may be missing.
 *
 * - `"send"`: the text `{"event": "gap", "data": {"reason": …, "dropped": …}}`
 * - `"close"`: its line is closed, so that it connects again and reads anew what
 *   it shows
 * - a function of the marker: the text that it returns; nothing, where that is
 *   `null`
 */
export type GapPolicy =
  | "send"
  | "close"
  | ((marker: PubSubMessage) => string | null);
