// Copyright 2026 the HuleEdu authors. MIT license.

import type { LogFields } from "../protocols.ts";
import { composeFields, type Fragment } from "./_fragment.ts";
import type { Level } from "./_levels.ts";
import type { LogRecord } from "./log_handler.ts";
import type { Origin } from "./_origin.ts";
import type { Serializer } from "./_serializer.ts";
import { quote } from "./_text.ts";

/**
 * One logging call. Handlers of this library take the JSON as it is; others
 * read the fields that `@std/log` names, made from the same JSON, so that they
 * too see no secret and nothing that fails to format.
 */
export class ServiceLogRecord implements LogRecord {
  /** Where the record comes from. */
  readonly origin: Origin;
  /** The level in every spelling. */
  readonly severity: Level;
  /** When, in milliseconds since the Unix epoch. */
  readonly time: number;
  /** Writes the values. */
  readonly serializer: Serializer;
  /** The fields of the context. */
  readonly context: Fragment;
  /** The fields of the logger. */
  readonly bound: Fragment;
  /** The fields of the call. */
  readonly fields: LogFields | undefined;
  readonly #message: unknown;
  #messageJson: string | undefined;
  #fieldsJson: string | undefined;

  /** Creates a record. */
  constructor(
    origin: Origin,
    severity: Level,
    time: number,
    serializer: Serializer,
    context: Fragment,
    bound: Fragment,
    message: unknown,
    fields: LogFields | undefined,
  ) {
    this.origin = origin;
    this.severity = severity;
    this.time = time;
    this.serializer = serializer;
    this.context = context;
    this.bound = bound;
    this.fields = fields;
    this.#message = message;
  }

  /** The message as a JSON string. */
  get messageJson(): string {
    return this.#messageJson ??= this.#writeMessage();
  }

  /** All fields as they stand in a line, each with a comma before it. */
  get fieldsJson(): string {
    return this.#fieldsJson ??= composeFields(
      this.serializer,
      this.context,
      this.bound,
      this.fields,
    );
  }

  /** The message. */
  get msg(): string {
    return JSON.parse(this.messageJson);
  }

  /** All fields, in one object. */
  get args(): [Record<string, unknown>] {
    return [JSON.parse(`{${this.fieldsJson.slice(1)}}`)];
  }

  /** When the call was. */
  get datetime(): Date {
    return new Date(this.time);
  }

  /** The number of the level. */
  get level(): number {
    return this.severity.number;
  }

  /** The name of the level in `@std/log`. */
  get levelName(): string {
    return this.severity.name;
  }

  /** The service and the module in one name. */
  get loggerName(): string {
    return this.origin.loggerName;
  }

  #writeMessage(): string {
    const message = this.#message;
    if (typeof message === "string") return this.serializer.text(message);
    const json = this.serializer.run(() => this.serializer.value(message));
    if (json === undefined) return quote(typeof message);
    return json.startsWith('"') ? json : quote(json);
  }
}
