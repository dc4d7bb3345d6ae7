// Copyright 2026 the HuleEdu authors. MIT license.

/** What spans and metrics of this library are said to come from. */
export const INSTRUMENTATION = "@huleedu/service-libs";
