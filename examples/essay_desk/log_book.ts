// Copyright 2026 the HuleEdu authors. MIT license.

import { LineHandler, type LogHandler } from "@huleedu/service-libs/logging";

/** One log line, read back from its JSON. */
export interface LogLine {
  /** The level. */
  readonly level: string;
  /** The service. */
  readonly service: string;
  /** The message. */
  readonly message: string;
  /** Ties together all that follows from one request. */
  readonly correlation_id?: string;
  /** Further fields. */
  readonly [field: string]: unknown;
}

/** Keeps the lines of all services, as a log store does. */
export class LogBook {
  /** Hands the lines to this book. */
  readonly handlers: readonly LogHandler[];
  readonly #lines: LogLine[] = [];

  /**
   * @param onLine Told of each line as it comes.
   */
  constructor(onLine?: (line: string) => void) {
    const sink = (line: string) => {
      this.#lines.push(JSON.parse(line));
      onLine?.(line);
    };
    this.handlers = [new LineHandler({ sink })];
  }

  /** All lines so far. */
  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  /**
   * What the services tell of one request.
   *
   * @param correlationId The request's correlation id.
   * @returns Its lines, in order.
   */
  story(correlationId: string): readonly LogLine[] {
    return this.#lines.filter((line) => line.correlation_id === correlationId);
  }
}
