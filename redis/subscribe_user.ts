// Copyright 2026 the HuleEdu authors. MIT license.

import type { SubscribeUserOptions, UserSubscription } from "../protocols.ts";
import { text } from "./arguments.ts";
import type { BufferedSubscription } from "./buffered_subscription.ts";
import { RecoveringSubscription } from "./recovering_subscription.ts";
import { userChannel } from "./user_channel.ts";
import type { UserHistoryState } from "./user_history.ts";

/** Where a history can be read. */
export interface UserHistoryReader {
  /** How long it is kept. */
  readonly ttlMs: number;
  /** What is kept for a user. */
  read(userId: string): Promise<UserHistoryState>;
}

/** What {@linkcode subscribeUser} works with. */
export interface SubscribeUserBackend {
  /** Subscribes to one channel. */
  readonly subscribe: (channel: string) => Promise<BufferedSubscription>;
  /** The history, where one is kept. */
  readonly history: UserHistoryReader | null;
}

/** Subscribes to what a user is told, from an id on. */
export async function subscribeUser(
  userId: string,
  options: SubscribeUserOptions,
  { subscribe, history }: SubscribeUserBackend,
): Promise<UserSubscription> {
  const lastEventId = text("lastEventId", options.lastEventId ?? "");
  const channel = userChannel(userId);
  // First of all, so that nothing passes between the history and the channel.
  const subscription = await subscribe(channel);
  if (history === null) {
    if (lastEventId !== "") subscription.markGap(channel, "history");
    return subscription;
  }
  const recovering = new RecoveringSubscription({
    subscription,
    read: () => history.read(userId),
    ttlMs: history.ttlMs,
    signal: options.signal,
  });
  try {
    return await recovering.begin(lastEventId);
  } catch (error) {
    await subscription.unsubscribe();
    throw error;
  }
}
