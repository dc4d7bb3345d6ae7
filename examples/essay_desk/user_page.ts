// Copyright 2026 the HuleEdu authors. MIT license.

import { newTraceparent } from "./new_traceparent.ts";
import { poll } from "./poll.ts";

/** What the desk answers to a submission. */
export interface Receipt {
  /** The essay. */
  readonly essay_id: string;
  /** The event that was published. */
  readonly event_id: string;
  /** What ties together all that follows. */
  readonly correlation_id: string;
}

/** A notification as a page receives it. */
export interface Notification {
  /** What happened. */
  readonly event: string;
  /** What is told of it. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Where a page finds the services, which may be one place. */
export interface PageAddresses {
  /** Takes submissions. */
  readonly desk: string;
  /** Has the WebSocket. */
  readonly gateway: string;
}

/** A user's page without a browser: the same requests, the same WebSocket. */
export class UserPage implements AsyncDisposable {
  /** The user. */
  readonly user: string;
  readonly #desk: string;
  readonly #socket: WebSocket;
  readonly #received: Notification[] = [];

  private constructor({ desk, gateway }: PageAddresses, user: string) {
    this.user = user;
    this.#desk = desk;
    const query = new URLSearchParams({ user });
    this.#socket = new WebSocket(
      `${gateway.replace("http", "ws")}/ws?${query}`,
    );
    this.#socket.onmessage = ({ data }) => {
      this.#received.push(JSON.parse(data));
    };
  }

  /**
   * Opens the page of a user, and waits until it is connected.
   *
   * @param at Where desk and gateway are.
   * @param user The user.
   * @param signal Gives the wait up.
   * @returns The page.
   */
  static async open(
    at: PageAddresses,
    user: string,
    signal: AbortSignal,
  ): Promise<UserPage> {
    const page = new UserPage(at, user);
    try {
      await page.until("ready", 1, signal);
      return page;
    } catch (error) {
      await page[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Submits a text. The request begins a trace, unless `headers` go on with one.
   *
   * @param text The text.
   * @param eventId The id of the event.
   * @param headers Headers of the request.
   * @returns What the desk answers.
   */
  async submit(
    text: string,
    eventId: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Receipt> {
    const response = await fetch(`${this.#desk}/essays`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        traceparent: newTraceparent(),
        ...headers,
      },
      body: JSON.stringify({ user_id: this.user, event_id: eventId, text }),
    });
    const answer = await response.json();
    if (response.status === 202) return answer;
    throw new Error(`The desk answered ${response.status}: ${answer.error}`);
  }

  /**
   * What the page was told of one kind.
   *
   * @param event The kind.
   * @returns The notifications, in order.
   */
  told(event: string): readonly Notification[] {
    return this.#received.filter((each) => each.event === event);
  }

  /**
   * Waits for notifications of one kind.
   *
   * @param event The kind.
   * @param count How many.
   * @param signal Gives the wait up.
   */
  async until(
    event: string,
    count: number,
    signal: AbortSignal,
  ): Promise<void> {
    await poll(() => {
      if (this.#socket.readyState > WebSocket.OPEN) {
        throw new Error(`The WebSocket of ${this.user} was closed`);
      }
      return this.told(event).length >= count;
    }, signal);
  }

  /** Leaves. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    this.#socket.onclose = () => resolve();
    this.#socket.close();
    await promise;
  }
}
