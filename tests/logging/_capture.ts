// Copyright 2026 the HuleEdu authors. MIT license.

import {
  createServiceLogger,
  LineHandler,
  type Logger,
  type ServiceLoggerOptions,
} from "../../logging/mod.ts";

/** A parsed line. */
export type Line = Record<string, unknown>;

/** A logger and what it has written. */
export interface Capture {
  readonly logger: Logger;
  /** The lines as they were written. */
  readonly raw: string[];
  /** The lines parsed. Fails on one that is no line or no JSON. */
  lines(): Line[];
  /** The last line parsed, without its timestamp. */
  last(): Line;
}

/** A logger of the service "essays" that logs everything into memory. */
export function capture(options: ServiceLoggerOptions = {}): Capture {
  const raw: string[] = [];
  const handler = new LineHandler({ sink: (line) => raw.push(line) });
  const logger = createServiceLogger("essays", {
    level: "debug",
    handlers: [handler],
    ...options,
  });
  return {
    logger,
    raw,
    lines: () => raw.map(parseLine),
    last() {
      const { timestamp: _, ...line } = parseLine(raw.at(-1) ?? "");
      return line;
    },
  };
}

/** Parses a line, having checked that it is exactly one. */
export function parseLine(text: string): Line {
  // deno-lint-ignore no-control-regex -- these are what splits or hides lines.
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text)) {
    throw new Error(`Control character in line: ${JSON.stringify(text)}`);
  }
  return JSON.parse(text);
}

/** How a line shows one value. */
export function shown(value: unknown): unknown {
  const { logger, last } = capture();
  logger.info("Value", { value });
  return last()["value"];
}
