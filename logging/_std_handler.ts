// Copyright 2026 the HuleEdu authors. MIT license.

import { BaseHandler } from "@std/log/base-handler";
import { reportFailure } from "./_report_failure.ts";
import type { LogRecord } from "./log_handler.ts";

/** A handler that `@std/log` accepts, which only passes records on. */
export class StdHandler extends BaseHandler {
  readonly #pass: (record: LogRecord) => void;

  /** Creates a handler that calls `pass` with each record. */
  constructor(pass: (record: LogRecord) => void) {
    super("NOTSET");
    this.#pass = pass;
  }

  /** Passes a record on. Never throws: the code that logs expects no error. */
  override handle(record: LogRecord): void {
    try {
      this.#pass(record);
    } catch (error) {
      reportFailure(this, record.loggerName, "Lost log lines", error);
    }
  }

  /** Not used: records are passed on as they are. */
  override log(): void {}
}
