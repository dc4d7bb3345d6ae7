// Copyright 2026 the HuleEdu authors. MIT license.

import type { EventContext } from "../events/context.ts";
import type { HandlerContext, Logger } from "../protocols.ts";
import type { IncomingRecord } from "./engine.ts";
import type { Work } from "./_work.ts";

const decoder = new TextDecoder();

/** What a handler learns of a delivery; texts are decoded when they are read. */
export class DeliveryContext implements HandlerContext {
  readonly signal: AbortSignal;
  readonly attempt: number;
  readonly topic: string;
  readonly partition: number;
  readonly #record: IncomingRecord;
  readonly #ids: EventContext;
  readonly #base: Logger;
  #headers: Record<string, string> | undefined;
  #logger: Logger | undefined;

  constructor(work: Work, attempt: number, ids: EventContext, base: Logger) {
    this.signal = work.partition.signal;
    this.topic = work.partition.topic;
    this.partition = work.partition.partition;
    this.attempt = attempt;
    this.#record = work.record;
    this.#ids = ids;
    this.#base = base;
  }

  get offset(): string {
    return String(this.#record.offset);
  }

  get key(): string | null {
    const { key } = this.#record;
    return key === null ? null : decoder.decode(key);
  }

  get headers(): Readonly<Record<string, string>> {
    if (!this.#headers) {
      this.#headers = {};
      for (const [name, value] of Object.entries(this.#record.headers)) {
        this.#headers[name] = decoder.decode(value);
      }
    }
    return this.#headers;
  }

  get logger(): Logger {
    return this.#logger ??= this.#base.child({
      correlation_id: this.#ids.correlationId,
      event_id: this.#ids.eventId,
      event_type: this.#ids.eventType,
      topic: this.topic,
      partition: this.partition,
      offset: this.offset,
    });
  }
}
