// Copyright 2026 the HuleEdu authors. MIT license.

import type { PubSubMessage, Subscription } from "../protocols.ts";
import { timerMs } from "./arguments.ts";
import { CLOSE, gapAnswers } from "./_gap_answer.ts";
import type { GapPolicy } from "./gap_policy.ts";

/** Options of {@linkcode toEventStream}. */
export interface EventStreamOptions {
  /** Ends the stream, and the subscription. */
  readonly signal?: AbortSignal;
  /**
   * Milliseconds of silence after which a comment is sent, so that proxies keep
   * the connection. None by default.
   */
  readonly heartbeatMs?: number;
  /**
   * What happens when messages may be missing; `"close"` ends the stream, and the
   * page's `EventSource` connects again by itself.
   *
   * @default {"send"}
   */
  readonly onGap?: GapPolicy;
}

const COMMENT = ":\n\n";

/**
 * Makes the body of a response of type `text/event-stream` from a subscription.
 * Nothing is read of the subscription unless the page takes it. Where the
 * subscription has a history each event carries its id, which the page's
 * `EventSource` hands in as `Last-Event-ID` when it connects again. A message of
 * several lines arrives as such; the format ends all of them with a line feed.
 *
 * Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
 *
 * @param subscription Any subscription. It ends when the stream is cancelled.
 * @param options Signal, heartbeats, and what happens at a gap.
 * @returns The stream. It ends with the subscription, and fails with it.
 * @throws {RangeError} If an option is out of range.
 *
 * @example One event
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { toEventStream } from "@huleedu/service-libs/redis";
 * import { MemoryPubSub } from "@huleedu/service-libs/testing";
 *
 * await using pubsub = await MemoryPubSub.connect();
 * const subscription = await pubsub.subscribe("news");
 * await pubsub.publish("news", "two\nlines");
 * const response = new Response(toEventStream(subscription), {
 *   headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-store" },
 * });
 * await pubsub.stop();
 *
 * assertEquals(await response.text(), "data: two\ndata: lines\n\n");
 * ```
 */
export function toEventStream(
  subscription: Subscription,
  options: EventStreamOptions = {},
): ReadableStream<Uint8Array> {
  const source = new EventStreamSource(subscription, options);
  return new ReadableStream(source, { highWaterMark: 0 });
}

type Result = IteratorResult<PubSubMessage, undefined>;

class EventStreamSource implements UnderlyingDefaultSource<Uint8Array> {
  readonly #subscription: Subscription;
  readonly #iterator: AsyncIterator<PubSubMessage, undefined>;
  readonly #heartbeatMs: number | undefined;
  readonly #onGap: ReturnType<typeof gapAnswers>;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = () => void this.#subscription.unsubscribe();
  readonly #encoder = new TextEncoder();
  /** The message that is waited for, over any number of heartbeats. */
  #awaited: Promise<Result> | null = null;
  #isHere = false;
  #wake = () => {};
  #ended = false;

  constructor(
    subscription: Subscription,
    { signal, heartbeatMs, onGap }: EventStreamOptions,
  ) {
    if (heartbeatMs !== undefined) timerMs("heartbeatMs", heartbeatMs);
    this.#heartbeatMs = heartbeatMs;
    this.#onGap = gapAnswers(onGap);
    this.#subscription = subscription;
    this.#iterator = subscription[Symbol.asyncIterator]();
    this.#signal = signal;
    if (signal?.aborted) this.#onAbort();
    signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const { lastEventId } = this.#subscription as { lastEventId?: unknown };
    // An id without data is remembered by the page, and tells it of no event: it
    // may lose its connection before the first one.
    if (typeof lastEventId === "string" && lastEventId !== "") {
      this.#enqueue(controller, `id: ${lastEventId}\n\n`);
    }
  }

  async pull(
    controller: ReadableStreamDefaultController<Uint8Array>,
  ): Promise<void> {
    try {
      await this.#fill(controller);
    } catch (error) {
      // The stream fails with it, and does not cancel.
      await this.cancel();
      throw error;
    }
  }

  async #fill(
    controller: ReadableStreamDefaultController<Uint8Array>,
  ): Promise<void> {
    for (;;) {
      const result = await this.#next();
      if (this.#ended) return;
      if (result?.done) return this.#end(controller);
      const text = result === null ? COMMENT : this.#format(result.value);
      if (text === CLOSE) {
        await this.#subscription.unsubscribe();
        return this.#end(controller);
      }
      // Else there was nothing to say, and the page still waits.
      if (text !== null) return this.#enqueue(controller, text);
    }
  }

  async cancel(): Promise<void> {
    this.#ended = true;
    this.#signal?.removeEventListener("abort", this.#onAbort);
    await this.#subscription.unsubscribe();
  }

  /** The next message, or `null` when it is time for a heartbeat. */
  async #next(): Promise<Result | null> {
    const awaited = this.#awaited ??= this.#ask();
    const ms = this.#heartbeatMs;
    if (ms !== undefined && !this.#isHere) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      if (!this.#isHere) return null;
    }
    const result = await awaited;
    this.#awaited = null;
    return result;
  }

  // Called back once a message: a race would leave something on the promise at
  // every heartbeat.
  #ask(): Promise<Result> {
    this.#isHere = false;
    const awaited = this.#iterator.next();
    const arrive = () => {
      this.#isHere = true;
      this.#wake();
    };
    awaited.then(arrive, arrive);
    return awaited;
  }

  #format(item: PubSubMessage): string | null | typeof CLOSE {
    const text = item.gap === undefined ? item.message : this.#onGap(item);
    if (typeof text !== "string") return text;
    const id = item.id === undefined ? "" : `id: ${item.id}\n`;
    const lines = text.split(/\r\n|\r|\n/);
    return `${id}${lines.map((line) => `data: ${line}\n`).join("")}\n`;
  }

  #enqueue(
    controller: ReadableStreamDefaultController<Uint8Array>,
    text: string,
  ): void {
    controller.enqueue(this.#encoder.encode(text));
  }

  #end(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#ended = true;
    this.#signal?.removeEventListener("abort", this.#onAbort);
    controller.close();
  }
}
