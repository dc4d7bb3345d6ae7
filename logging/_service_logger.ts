// Copyright 2026 the HuleEdu authors. MIT license.

import { Bindings } from "./_bindings.ts";
import { contextFragment } from "./_context_fragment.ts";
import { deliver } from "./_deliver.ts";
import { toFields } from "./_fields.ts";
import { type Level, LEVELS } from "./_levels.ts";
import type { LoggerCore } from "./_logger_core.ts";
import { reportFailure } from "./_report_failure.ts";
import { ServiceLogRecord } from "./_service_log_record.ts";
import { readProperty } from "./_simple_value.ts";
import type { LazyLogFields, ServiceLogger } from "./service_logger.ts";

const [DEBUG, INFO, WARN, ERROR, CRITICAL] = LEVELS;

/** By method, the level that it logs at. */
const METHODS = {
  debug: DEBUG,
  info: INFO,
  warn: WARN,
  error: ERROR,
  critical: CRITICAL,
} as const;

/**
 * Creates the logger of a core. It and its children are of a class of their own,
 * in which a method whose level is not logged is replaced by one that does
 * nothing: there is no cheaper way not to log.
 */
export function createLogger(core: LoggerCore): ServiceLogger {
  class CoreLogger extends ContextLogger {}
  const methods: Partial<Pick<ServiceLogger, keyof typeof METHODS>> =
    CoreLogger.prototype;
  core.onThreshold = (threshold) => {
    for (const name of Object.keys(METHODS) as (keyof typeof METHODS)[]) {
      if (METHODS[name].number < threshold) methods[name] = doNothing;
      else delete methods[name];
    }
  };
  return new CoreLogger(core, new Bindings());
}

function doNothing(): void {}

/** The logger of a service. */
class ContextLogger implements ServiceLogger {
  readonly #core: LoggerCore;
  readonly #bindings: Bindings;

  /** Creates a logger. */
  constructor(core: LoggerCore, bindings: Bindings) {
    this.#core = core;
    this.#bindings = bindings;
  }

  /** Logs what only a developer wants to see. */
  debug(message: string, fields?: LazyLogFields): void {
    log(this.#core, this.#bindings, DEBUG, message, fields);
  }

  /** Logs what happened. */
  info(message: string, fields?: LazyLogFields): void {
    log(this.#core, this.#bindings, INFO, message, fields);
  }

  /** Logs what is odd and was handled. */
  warn(message: string, fields?: LazyLogFields): void {
    log(this.#core, this.#bindings, WARN, message, fields);
  }

  /** Logs what failed. */
  error(message: string, fields?: LazyLogFields): void {
    log(this.#core, this.#bindings, ERROR, message, fields);
  }

  /** Logs what needs a person now. */
  critical(message: string, fields?: LazyLogFields): void {
    log(this.#core, this.#bindings, CRITICAL, message, fields);
  }

  /** A logger that adds `fields` to each of its lines. */
  child(fields: LazyLogFields): ServiceLogger {
    const Kind = this.constructor as typeof ContextLogger;
    return new Kind(this.#core, this.#bindings.extend(fields));
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
    if (typeof message === "object" && fields === undefined) {
      const error = toFields(message)?.["error"];
      if (error === message) {
        fields = error;
        message = readProperty(message as object, "message");
      }
    }
    const record = new ServiceLogRecord(
      core.origin,
      level,
      timeOf(core),
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

/** The time of a line, of the system's clock where the other one fails. */
function timeOf(core: LoggerCore): number {
  try {
    return core.now();
  } catch {
    return Date.now();
  }
}
