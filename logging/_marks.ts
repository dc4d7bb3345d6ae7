// Copyright 2026 the HuleEdu authors. MIT license.

/** How many objects may stand inside each other; deeper ones are marked. */
export const MAX_DEPTH = 8;

/** How many entries of one object, list, map or set are written. */
export const MAX_ENTRIES = 1_000;

/** How many UTF-16 code units of one text are written. */
export const MAX_TEXT = 32_768;

/**
 * How many characters the fields of one call may take before the rest is left
 * out. Grafana Loki refuses lines over 256 KB by default (`max_line_size`).
 */
export const MAX_FIELDS = 196_608;

/** Stands for a secret. */
export const REDACTED = "[redacted]";

/** Stands for a value that contains itself. */
export const CIRCULAR = "[circular]";

/** Stands for an object below {@linkcode MAX_DEPTH}. */
export const TOO_DEEP = "[too deep]";

/** Stands for a value that throws when it is read. */
export const UNREADABLE = "[unreadable]";

/** Stands for what {@linkcode MAX_FIELDS} leaves out. */
export const TRUNCATED = "[truncated]";
