// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  Logger,
  PubSub,
  Subscription,
  UserNotifier,
} from "@huleedu/service-libs/protocols";
import { pipeToWebSocket } from "@huleedu/service-libs/redis";

/** The one close code below 3000 that an application may send. */
const NORMAL = 1000;

/** What {@linkcode UserSockets} works with. */
export interface UserSocketsOptions {
  /** Where the notifications come from, by the channel of the user. */
  readonly messages: PubSub & Pick<UserNotifier, "getUserChannel">;
  /** The service's logger. */
  readonly logger: Logger;
}

/**
 * The WebSockets of pages. Each is subscribed to the channel of its user, and
 * to no other.
 */
export class UserSockets implements AsyncDisposable {
  readonly #options: UserSocketsOptions;
  readonly #sessions = new Map<WebSocket, Promise<void>>();

  /**
   * @param options Messages and logger.
   */
  constructor(options: UserSocketsOptions) {
    this.#options = options;
  }

  /**
   * Upgrades a request. The page hears `{"event":"ready"}` once nothing that is
   * published from then on passes it by.
   *
   * @param request An upgrade request.
   * @param userId The user.
   * @returns The response that upgrades.
   */
  async accept(request: Request, userId: string): Promise<Response> {
    const { messages, logger } = this.#options;
    const channel = messages.getUserChannel(userId);
    const subscription = await messages.subscribe(channel);
    try {
      const { socket, response } = Deno.upgradeWebSocket(request);
      const session = this.#run(socket, subscription, userId)
        .catch((error) =>
          logger.warn("Session has not ended well", { user_id: userId, error })
        )
        .finally(() => this.#sessions.delete(socket));
      this.#sessions.set(socket, session);
      return response;
    } catch (error) {
      await subscription.unsubscribe();
      throw error;
    }
  }

  async #run(
    socket: WebSocket,
    subscription: Subscription,
    userId: string,
  ): Promise<void> {
    const closed = Promise.withResolvers<void>();
    socket.onclose = () => closed.resolve();
    socket.onopen = () =>
      socket.send(
        JSON.stringify({ event: "ready", data: { user_id: userId } }),
      );
    await pipeToWebSocket(subscription, socket).finally(() => closed.promise);
  }

  /** Says goodbye to every page. */
  async [Symbol.asyncDispose](): Promise<void> {
    const sessions = [...this.#sessions];
    for (const [socket] of sessions) socket.close(NORMAL, "server stops");
    await Promise.all(sessions.map(([, session]) => session));
  }
}
