// Copyright 2026 the HuleEdu authors. MIT license.

/** How lines look: one JSON object each, or text for people. */
export type LogFormat = "json" | "console";
