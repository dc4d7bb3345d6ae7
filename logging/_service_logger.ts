// Copyright 2026 the HuleEdu authors. MIT license.

import type { Bindings } from "./_bindings.ts";
import { contextFragment } from "./_context_fragment.ts";
import { deliver } from "./_deliver.ts";
import { toFields } from "./_fields.ts";
import { type Level, LEVELS } from "./_levels.ts";
import type { LoggerCore } from "./_logger_core.ts";
import { reportFailure } from "./_report_failure.ts";
import { ServiceLogRecord } from "./_service_log_record.ts";
import type { LazyLogFields, ServiceLogger } from "./service_logger.ts";

const [DEBUG, INFO, WARN, ERROR, CRITICAL] = LEVELS;

// The numbers of these levels. Constants, since to look them up doubles what a
// call that logs nothing costs on Bun.
const DEBUG_NUMBER = 10;
const INFO_NUMBER = 20;
const WARN_NUMBER = 30;
const ERROR_NUMBER = 40;
const CRITICAL_NUMBER = 50;

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
    if (core.threshold > DEBUG_NUMBER) return;
    log(core, this.#bindings, DEBUG, message, fields);
  }

  /** Logs what happened. */
  info(message: string, fields?: LazyLogFields): void {
    const core = this.#core;
    if (core.threshold > INFO_NUMBER) return;
    log(core, this.#bindings, INFO, message, fields);
  }

  /** Logs what is odd and was handled. */
  warn(message: string, fields?: LazyLogFields): void {
    const core = this.#core;
    if (core.threshold > WARN_NUMBER) return;
    log(core, this.#bindings, WARN, message, fields);
  }

  /** Logs what failed. */
  error(message: string, fields?: LazyLogFields): void {
    const core = this.#core;
    if (core.threshold > ERROR_NUMBER) return;
    log(core, this.#bindings, ERROR, message, fields);
  }

  /** Logs what needs a person now. */
  critical(message: string, fields?: LazyLogFields): void {
    const core = this.#core;
    if (core.threshold > CRITICAL_NUMBER) return;
    log(core, this.#bindings, CRITICAL, message, fields);
  }

  /** A logger that adds `fields` to each of its lines. */
  child(fields: LazyLogFields): ServiceLogger {
    return new ContextLogger(this.#core, this.#bindings.extend(fields));
  }
}

function log(
  core: LoggerCore,
  bindings: Bindings,
  level: Level,
  message: unknown,
  fields: unknown,
): void {
  try {
    if (!core.isUpToDate) core.update();
    if (core.threshold > level.number) return;
    const { serializer } = core;
    const record = new ServiceLogRecord(
      core.origin,
      level,
      core.now(),
      serializer,
      contextFragment(serializer),
      bindings.fragment(serializer),
      message,
      toFields(fields),
    );
    deliver(record, core.handlers);
  } catch (error) {
    reportFailure(core, core.origin.service, "Lost log lines", error);
  }
}
