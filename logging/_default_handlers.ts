// Copyright 2026 the HuleEdu authors. MIT license.

import { isatty } from "node:tty";
import { readEnv, reportIgnored, settings } from "./_settings.ts";
import { LineHandler } from "./line_handler.ts";
import type { LogFieldNames } from "./log_field_names.ts";
import type { LogFormat } from "./log_format.ts";
import type { LogHandler } from "./log_handler.ts";

const made = new Map<string, readonly LogHandler[]>();

/** The handlers of the settings, else one that writes to stdout. */
export function currentHandlers(): readonly LogHandler[] {
  return settings.handlers ??= stdoutHandlers(
    settings.format ?? formatFromEnv() ?? (isTerminal() ? "console" : "json"),
    settings.fieldNames,
  );
}

/** One handler that writes to stdout, the same for everyone. */
export function stdoutHandlers(
  format: LogFormat,
  fieldNames: LogFieldNames = "default",
): readonly LogHandler[] {
  const form = `${format} ${fieldNames}`;
  let handlers = made.get(form);
  if (handlers === undefined) {
    const colors = isTerminal() && readEnv("NO_COLOR") === undefined;
    handlers = [new LineHandler({ format, colors, fieldNames })];
    made.set(form, handlers);
  }
  return handlers;
}

function formatFromEnv(): LogFormat | undefined {
  const format = readEnv("LOG_FORMAT")?.toLowerCase();
  if (format === "json" || format === "console") return format;
  if (format !== undefined) reportIgnored("LOG_FORMAT");
  return undefined;
}

function isTerminal(): boolean {
  return isatty(1);
}
