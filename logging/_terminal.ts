// Copyright 2026 the HuleEdu authors. MIT license.

import { isatty } from "node:tty";
import { readEnv, reportIgnored } from "./_settings.ts";
import type { LogFormat } from "./log_format.ts";

/** The form of lines on stdout: `LOG_FORMAT`, else what suits the reader. */
export function stdoutFormat(): LogFormat {
  const format = readEnv("LOG_FORMAT")?.toLowerCase();
  if (format === "json" || format === "console") return format;
  if (format !== undefined) reportIgnored("LOG_FORMAT", '"json" or "console"');
  return isTerminal() ? "console" : "json";
}

/** Whether lines on stdout are coloured. */
export function hasStdoutColors(): boolean {
  return isTerminal() && readEnv("NO_COLOR") === undefined;
}

function isTerminal(): boolean {
  return isatty(1);
}
