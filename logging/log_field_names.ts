// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * What the fields of a line are called: as this library calls them (`message`,
 * `service`, …), or as the Python services do (`event`, `service.name`, …), for
 * dashboards that have those.
 */
export type LogFieldNames = "default" | "python";
