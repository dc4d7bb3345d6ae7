// Copyright 2026 the HuleEdu authors. MIT license.

import { Bindings } from "./_bindings.ts";
import { contextFragment } from "./_context_fragment.ts";
import { deliver } from "./_deliver.ts";
import { toFields } from "./_fields.ts";
import { type Level, LEVELS } from "./_levels.ts";
import type { LoggerCore } from "./_logger_core.ts";
import { REDACTED } from "./_marks.ts";
import { reportFailure } from "./_report_failure.ts";
import { ServiceLogRecord } from "./_service_log_record.ts";
import { readProperty } from "./_simple_value.ts";
import type { ServiceLogger } from "./service_logger.ts";

const [DEBUG, INFO, WARN, ERROR, CRITICAL] = LEVELS;

/** By method, the level that it logs at. */
const METHODS = {
  debug: DEBUG,
  info: INFO,
  warn: WARN,
  error: ERROR,
  critical: CRITICAL,
} as const;

/** Where the message of an error stands in a line. */
const ERROR_MESSAGE: readonly string[] = ["error", "message"];

type Name = keyof typeof METHODS;
type Method = ServiceLogger[Name];

/**
 * Creates the logger of a core. It and its children are of a class of their own,
 * in which a method whose level is not logged is replaced by one that does
 * nothing: there is no cheaper way not to log.
 */
export function createLogger(core: LoggerCore): ServiceLogger {
  class CoreLogger extends ContextLogger {}
  const methods: Partial<Record<Name, Method>> = CoreLogger.prototype;
  const root = new Bindings();

  /** Does nothing, unless it was taken off its logger: the level may be lower now. */
  function createSilent(level: Level): Method {
    return function (this: unknown, message, fields): void {
      if (this instanceof CoreLogger) return;
      log(core, root, level, message, fields);
    };
  }

  core.onThreshold = (threshold) => {
    for (const name of Object.keys(METHODS) as Name[]) {
      const level = METHODS[name];
      if (level.number < threshold) methods[name] = createSilent(level);
      else delete methods[name];
    }
  };
  return new CoreLogger(core, root);
}

/**
 * The logger of a service. Its methods are made when they are read, so that one
 * may be handed on by itself. Once the call is compiled, no function is made for
 * it, while six of them would stay in each child.
 */
class ContextLogger implements ServiceLogger {
  /** Logs what only a developer wants to see. */
  declare debug: Method;
  /** Logs what happened. */
  declare info: Method;
  /** Logs what is odd and was handled. */
  declare warn: Method;
  /** Logs what failed. */
  declare error: Method;
  /** Logs what needs a person now. */
  declare critical: Method;

  static {
    for (const name of Object.keys(METHODS) as Name[]) {
      const level = METHODS[name];
      Object.defineProperty(ContextLogger.prototype, name, {
        configurable: true,
        get(this: ContextLogger): Method {
          return (message, fields) =>
            log(this.#core, this.#bindings, level, message, fields);
        },
        set: replaceMethod(name),
      });
    }
  }

  readonly #core: LoggerCore;
  readonly #bindings: Bindings;

  /** Creates a logger. */
  constructor(core: LoggerCore, bindings: Bindings) {
    this.#core = core;
    this.#bindings = bindings;
  }

  /** A logger that adds `fields` to each of its lines. */
  get child(): ServiceLogger["child"] {
    return (fields) => {
      const Kind = this.constructor as typeof ContextLogger;
      const bindings = this.#bindings.extend(fields, this.#core.serializer);
      return new Kind(this.#core, bindings);
    };
  }

  /** Lets a test put a function of its own in the place of the method. */
  set child(method: ServiceLogger["child"]) {
    replaceMethod("child").call(this, method);
  }
}

/** Methods may be replaced, as in any other object. */
function replaceMethod(name: string): (this: object, method: unknown) => void {
  return function (value) {
    const descriptor = { value, configurable: true, writable: true };
    Object.defineProperty(this, name, descriptor);
  };
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
        message = serializer.hides(ERROR_MESSAGE)
          ? REDACTED
          : readProperty(message as object, "message");
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
    const time: unknown = core.now();
    return typeof time === "number" ? time : Date.now();
  } catch {
    return Date.now();
  }
}
