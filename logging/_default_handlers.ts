// Copyright 2026 the HuleEdu authors. MIT license.

import { settings } from "./_settings.ts";
import { LineHandler } from "./line_handler.ts";
import type { LogFormat } from "./log_format.ts";
import type { LogHandler } from "./log_handler.ts";

const made = new Map<LogFormat | undefined, readonly LogHandler[]>();

/** The handlers of the settings, else one that writes to stdout. */
export function currentHandlers(): readonly LogHandler[] {
  return settings.handlers ??= stdoutHandlers();
}

/**
 * One handler that writes to stdout, the same for everyone. It reads settings
 * and environment with its first line.
 */
export function stdoutHandlers(format?: LogFormat): readonly LogHandler[] {
  let handlers = made.get(format);
  if (handlers === undefined) {
    handlers = [new LineHandler(format && { format })];
    made.set(format, handlers);
  }
  return handlers;
}
