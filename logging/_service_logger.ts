// Copyright 2026 the HuleEdu authors. MIT license.

import type { LogFields, Logger } from "../protocols.ts";
import type { Bindings } from "./_bindings.ts";
import { contextFragment } from "./_context_fragment.ts";
import { deliver } from "./_deliver.ts";
import { currentHandlers } from "./_default_handlers.ts";
import { toFields } from "./_fields.ts";
import { type Level, LEVELS } from "./_levels.ts";
import type { Origin } from "./_origin.ts";
import { reportFailure } from "./_report_failure.ts";
import type { Serializer } from "./_serializer.ts";
import { ServiceLogRecord } from "./_service_log_record.ts";
import { currentThreshold, settings } from "./_settings.ts";
import type { LogHandler } from "./log_handler.ts";

/** What a logger and its children share. What is absent follows the settings. */
export interface LoggerCore {
  /** Where the lines come from. */
  readonly origin: Origin;
  /** The lowest level that is logged. */
  readonly threshold: number | undefined;
  /** The handlers. */
  readonly handlers: readonly LogHandler[] | undefined;
  /** Writes the values. */
  readonly serializer: Serializer | undefined;
  /** Tells the time. */
  now(): number;
}

const [DEBUG, INFO, WARN, ERROR, CRITICAL] = LEVELS;

/** The logger of a service. */
export class ServiceLogger implements Logger {
  readonly #core: LoggerCore;
  readonly #bindings: Bindings;

  /** Creates a logger. */
  constructor(core: LoggerCore, bindings: Bindings) {
    this.#core = core;
    this.#bindings = bindings;
  }

  /** Logs what only a developer wants to see. */
  debug(message: string, fields?: LogFields): void {
    this.#log(DEBUG, message, fields);
  }

  /** Logs what happened. */
  info(message: string, fields?: LogFields): void {
    this.#log(INFO, message, fields);
  }

  /** Logs what is odd and was handled. */
  warn(message: string, fields?: LogFields): void {
    this.#log(WARN, message, fields);
  }

  /** Logs what failed. */
  error(message: string, fields?: LogFields): void {
    this.#log(ERROR, message, fields);
  }

  /** Logs what needs a person now. */
  critical(message: string, fields?: LogFields): void {
    this.#log(CRITICAL, message, fields);
  }

  /** A logger that adds `fields` to each of its lines. */
  child(fields: LogFields): Logger {
    return new ServiceLogger(this.#core, this.#bindings.extend(fields));
  }

  #log(level: Level, message: unknown, fields: unknown): void {
    const core = this.#core;
    try {
      if (level.number < (core.threshold ?? currentThreshold())) return;
      const serializer = core.serializer ?? settings.serializer;
      const record = new ServiceLogRecord(
        core.origin,
        level,
        core.now(),
        serializer,
        contextFragment(serializer),
        this.#bindings.fragment(serializer),
        message,
        toFields(fields),
      );
      deliver(record, core.handlers ?? currentHandlers());
    } catch (error) {
      reportFailure(core, core.origin.service, "Lost log lines", error);
    }
  }
}
