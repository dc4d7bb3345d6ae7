// Copyright 2026 the HuleEdu authors. MIT license.

import type { LogFields } from "../protocols.ts";
import { composeFields, type Fragment } from "./_fragment.ts";
import type { Level } from "./_levels.ts";
import type { LogRecord } from "./log_handler.ts";
import type { Origin } from "./_origin.ts";
import type { Serializer } from "./_serializer.ts";
import { readProperty } from "./_simple_value.ts";
import { quote } from "./_text.ts";

/**
 * One logging call. Handlers of this library take the JSON as it is; others
 * read the fields that `@std/log` names, made from the same JSON, so that they
 * too see no secret and nothing that fails to format. What the call was given
 * is private: a handler that prints all it finds must not find it.
 */
export class ServiceLogRecord implements LogRecord {
  readonly #origin: Origin;
  readonly #severity: Level;
  readonly #time: number;
  readonly #serializer: Serializer;
  readonly #context: Fragment;
  readonly #bound: Fragment;
  #fields: LogFields | undefined;
  #message: unknown;
  #messageJson: string | undefined;
  #fieldsJson: string | undefined;
  readonly #overridden: string[] = [];

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
    this.#origin = origin;
    this.#severity = severity;
    this.#time = time;
    this.#serializer = serializer;
    this.#context = context;
    this.#bound = bound;
    this.#message = message;
    this.#fields = fields;
  }

  /** Where the record comes from. */
  get origin(): Origin {
    return this.#origin;
  }

  /** The level in every spelling. */
  get severity(): Level {
    return this.#severity;
  }

  /** When, in milliseconds since the Unix epoch. */
  get time(): number {
    return this.#time;
  }

  /** The fields of the context. */
  get context(): Fragment {
    return this.#context;
  }

  /** The message as a JSON string. */
  get messageJson(): string {
    return this.#messageJson ??= this.#writeMessage();
  }

  /** All fields as they stand in a line, each with a comma before it. */
  get fieldsJson(): string {
    return this.#fieldsJson ??= composeFields(
      this.#serializer,
      this.#context,
      this.#bound,
      this.#fields,
      this.#overridden,
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
    return new Date(this.#time);
  }

  /** The number of the level. */
  get level(): number {
    return this.#severity.number;
  }

  /** The name of the level in `@std/log`. */
  get levelName(): string {
    return this.#severity.name;
  }

  /** The service and the module in one name. */
  get loggerName(): string {
    return this.#origin.loggerName;
  }

  /** The value of the field `correlation_id` as JSON, if there is one. */
  correlationIdJson(): string | undefined {
    const name = "correlation_id";
    const own = this.#fields && readProperty(this.#fields, name);
    if (typeof own === "string") return this.#serializer.text(own);
    if (typeof own === "number" || typeof own === "bigint") {
      return this.#serializer.run(() => this.#serializer.value(own));
    }
    const part = this.#bound.part(name) ?? this.#context.part(name);
    return part?.slice(name.length + 3);
  }

  /** Tells whether a field of the line, once written, is the context's. */
  isContext(name: string): boolean {
    return this.#context.has(name) && !this.#bound.has(name) &&
      !this.#overridden.includes(name);
  }

  /** Writes everything now, since what was logged may change, and lets it go. */
  seal(): void {
    void this.messageJson;
    void this.fieldsJson;
    this.#message = undefined;
    this.#fields = undefined;
  }

  /** What handlers may see, for those who print records whole. */
  toJSON(): LogRecord {
    const { msg, args, datetime, level, levelName, loggerName } = this;
    return { msg, args, datetime, level, levelName, loggerName };
  }

  #writeMessage(): string {
    const serializer = this.#serializer;
    const message = this.#message;
    if (typeof message === "string") return serializer.message(message);
    const json = serializer.run(() => serializer.value(message));
    if (json === undefined) return quote(typeof message);
    return json.startsWith('"') ? json : quote(json);
  }
}
