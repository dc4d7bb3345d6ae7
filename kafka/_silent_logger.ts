// Copyright 2026 the HuleEdu authors. MIT license.

import type { Logger } from "../protocols.ts";

/** Logs nothing, for those who give no logger. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  critical() {},
  child: () => silentLogger,
};
