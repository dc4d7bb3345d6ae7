// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  Lifecycle,
  PatternSubscriber,
  PubSub,
  PubSubMessage,
  Subscription,
  UserNotifier,
  UserSubscriber,
} from "../../protocols.ts";

/** What the criteria are of. */
export type TestedPubSub =
  & PubSub
  & PatternSubscriber
  & UserNotifier
  & UserSubscriber
  & Lifecycle;

/** What must hold, on channels that begin with `channel`. */
export type PubSubCriterion = (
  pubsub: TestedPubSub,
  channel: string,
) => Promise<void>;

/** Criteria by what they say. */
export type PubSubCriteria = Readonly<Record<string, PubSubCriterion>>;

/** Reads some messages, and leaves the subscription as it is. */
export async function take(
  subscription: Subscription,
  count: number,
): Promise<PubSubMessage[]> {
  const iterator = subscription[Symbol.asyncIterator]();
  const messages: PubSubMessage[] = [];
  while (messages.length < count) {
    const { done, value } = await iterator.next();
    if (done) break;
    messages.push(value);
  }
  return messages;
}

/** Reads until the end. */
export async function drain(subscription: Subscription): Promise<string[]> {
  const messages: string[] = [];
  for await (const { message } of subscription) messages.push(message);
  return messages;
}
