// Copyright 2026 the HuleEdu authors. MIT license.

import type { Bindings } from "./_bindings.ts";
import { contextFragment } from "./_context_fragment.ts";
import { deliver } from "./_deliver.ts";
import { toFields } from "./_fields.ts";
import { type Level, LEVELS } from "./_levels.ts";
import type { LoggerCore } from "./_logger_core.ts";
import { reportFailure } from "./_report_failure.ts";
import { ServiceLogRecord } from "./_service_log_record.ts";
import { settings } from "./_settings.ts";
import type { LazyLogFields, ServiceLogger } from "./service_logger.ts";

const [DEBUG, INFO, WARN, ERROR, CRITICAL] = LEVELS;

/**
 * The logger of a service. Each method itself finds out whether it has anything
 * to do, since a call that logs nothing should cost next to nothing.
 */
export class ContextLogger implements ServiceLogger {
  readonly #core: LoggerCore;
  readonly #bindings: Bindings;

  /** Creates a logger. */
  constructor(core: LoggerCore, bindings: Bindings) {
    this.#core = core;
    this.#bindings = bindings;
  }

  /** Logs what only a developer wants to see. */
  debug(message: string, fields?: LazyLogFields): void {
    const core = this.#core;
    if (core.settings !== settings) core.obey();
    if (core.threshold <= DEBUG.number) this.#log(DEBUG, message, fields);
  }

  /** Logs what happened. */
  info(message: string, fields?: LazyLogFields): void {
    const core = this.#core;
    if (core.settings !== settings) core.obey();
    if (core.threshold <= INFO.number) this.#log(INFO, message, fields);
  }

  /** Logs what is odd and was handled. */
  warn(message: string, fields?: LazyLogFields): void {
    const core = this.#core;
    if (core.settings !== settings) core.obey();
    if (core.threshold <= WARN.number) this.#log(WARN, message, fields);
  }

  /** Logs what failed. */
  error(message: string, fields?: LazyLogFields): void {
    const core = this.#core;
    if (core.settings !== settings) core.obey();
    if (core.threshold <= ERROR.number) this.#log(ERROR, message, fields);
  }

  /** Logs what needs a person now. */
  critical(message: string, fields?: LazyLogFields): void {
    const core = this.#core;
    if (core.settings !== settings) core.obey();
    if (core.threshold <= CRITICAL.number) this.#log(CRITICAL, message, fields);
  }

  /** A logger that adds `fields` to each of its lines. */
  child(fields: LazyLogFields): ServiceLogger {
    return new ContextLogger(this.#core, this.#bindings.extend(fields));
  }

  #log(level: Level, message: unknown, fields: unknown): void {
    const core = this.#core;
    try {
      const { serializer } = core;
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
      deliver(record, core.handlers);
    } catch (error) {
      reportFailure(core, core.origin.service, "Lost log lines", error);
    }
  }
}
