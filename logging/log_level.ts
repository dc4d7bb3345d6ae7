// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * How much a line matters. `"warn"` and `"warning"` are one level; a line spells
 * it `"warning"`, as the Python services do, so that one query finds the
 * warnings of all services.
 */
export type LogLevel =
  | "debug"
  | "info"
  | "warn"
  | "warning"
  | "error"
  | "critical";
