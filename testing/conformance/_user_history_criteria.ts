// Copyright 2026 the HuleEdu authors. MIT license.

import assert from "node:assert/strict";
import type {
  Lifecycle,
  PubSub,
  PubSubMessage,
  UserNotifier,
  UserSubscriber,
} from "../../protocols.ts";
import { drain, take } from "./_pubsub_criterion.ts";

/** What must hold, for users whose ids begin with `userId`. */
export type UserHistoryCriterion = (
  pubsub: PubSub & UserNotifier & UserSubscriber & Lifecycle,
  userId: string,
) => Promise<void>;

/** What a page that comes back is told, where three notifications are kept. */
export const USER_HISTORY_CRITERIA: Readonly<
  Record<string, UserHistoryCriterion>
> = {
  async "writes an id behind what Python reads"(pubsub, user) {
    const channel = pubsub.getUserChannel(user);
    await using plain = await pubsub.subscribe(channel);
    await using sub = await pubsub.subscribeUser(user);
    assert.match(sub.lastEventId, /^\d+-0$/);
    assert.equal(
      await pubsub.publishUserNotification(user, "e", { a: "å" }),
      1,
    );
    const [seen] = await take(plain, 1);
    const [item] = await take(sub, 1);
    assert.match(
      seen?.message ?? "",
      /^\{"event": "e", "data": \{"a": "\\u00e5"\}, "id": "\d+-1"\}$/,
    );
    const { id } = JSON.parse(seen?.message ?? "");
    assert.deepEqual(item, { channel, message: seen?.message, id });
    assert.equal(sub.lastEventId, id);
    assert.deepEqual([seen?.id, sub.channels], [undefined, [channel]]);
  },

  async "gives what was missed first, then what is new"(pubsub, user) {
    await using first = await pubsub.subscribeUser(user);
    await tell(pubsub, user, 0, 1);
    assert.deepEqual(events(await take(first, 1)), ["0"]);
    const { lastEventId } = first;
    await first.unsubscribe();
    await tell(pubsub, user, 1, 3);
    await using again = await pubsub.subscribeUser(user, { lastEventId });
    await tell(pubsub, user, 3, 5);
    assert.deepEqual(events(await take(again, 4)), ["1", "2", "3", "4"]);
    await using third = await pubsub.subscribeUser(user, {
      lastEventId: again.lastEventId,
    });
    assert.equal(third.lastEventId, again.lastEventId);
    await tell(pubsub, user, 5, 6);
    assert.deepEqual(events(await take(third, 1)), ["5"]);
  },

  async "gives a page that has seen nothing yet what came since then"(
    pubsub,
    user,
  ) {
    await using first = await pubsub.subscribeUser(user);
    const { lastEventId } = first;
    await tell(pubsub, user, 0, 2);
    await using again = await pubsub.subscribeUser(user, { lastEventId });
    assert.deepEqual(events(await take(again, 2)), ["0", "1"]);
  },

  async "gives what comes from now on where no id is given"(pubsub, user) {
    await tell(pubsub, user, 0, 2);
    for (const options of [{}, { lastEventId: "" }]) {
      await using sub = await pubsub.subscribeUser(user, options);
      await pubsub.publishUserNotification(user, "new", 1);
      assert.deepEqual(events(await take(sub, 1)), ["new"]);
    }
  },

  async "says so when the history no longer reaches back"(pubsub, user) {
    await using first = await pubsub.subscribeUser(user);
    await tell(pubsub, user, 0, 1);
    await take(first, 1);
    const { lastEventId } = first;
    await tell(pubsub, user, 1, 5);
    await using again = await pubsub.subscribeUser(user, { lastEventId });
    assert.deepEqual(events(await take(again, 4)), ["history", "2", "3", "4"]);
    // It is told once, whatever comes next.
    await tell(pubsub, user, 5, 6);
    assert.deepEqual(events(await take(again, 1)), ["5"]);
  },

  async "says so when the id is none of its own"(pubsub, user) {
    await tell(pubsub, user, 0, 1);
    for (const lastEventId of ["1-1", "0", "x\nid: 7", "9".repeat(400)]) {
      await using sub = await pubsub.subscribeUser(user, { lastEventId });
      assert.match(sub.lastEventId, /^\d+-\d+$/);
      assert.deepEqual(events(await take(sub, 2)), ["history", "0"]);
    }
    const wrong = 7 as unknown as string;
    await assert.rejects(
      pubsub.subscribeUser(user, { lastEventId: wrong }),
      { name: "TypeError", message: /"lastEventId"/ },
    );
  },

  async "fetches what an overflow has dropped"(pubsub, user) {
    await using sub = await pubsub.subscribeUser(user, { bufferSize: 2 });
    await using witness = await pubsub.subscribeUser(user);
    await tell(pubsub, user, 0, 5);
    await take(witness, 5);
    // Three of five were dropped, and the oldest two of these are not kept.
    assert.deepEqual(events(await take(sub, 4)), ["history", "2", "3", "4"]);
    await tell(pubsub, user, 5, 8);
    await take(witness, 3);
    assert.deepEqual(events(await take(sub, 3)), ["5", "6", "7"]);
    assert.equal(sub.dropped, 4);
  },

  async "passes on what others publish without an id"(pubsub, user) {
    const channel = pubsub.getUserChannel(user);
    await using sub = await pubsub.subscribeUser(user);
    const foreign = '{"event": "python", "data": {"id": "1-1"}}';
    await pubsub.publish(channel, foreign);
    await tell(pubsub, user, 0, 1);
    const [first, second] = await take(sub, 2);
    assert.deepEqual(first, { channel, message: foreign });
    assert.deepEqual(events([second]), ["0"]);
  },

  async "keeps users apart, whatever their ids look like"(pubsub, user) {
    for (const id of [`${user}*`, `${user}:a`, `${user}}`, `${user}{x}`]) {
      await using sub = await pubsub.subscribeUser(id);
      await tell(pubsub, id, 0, 1);
      await take(sub, 1);
      await using again = await pubsub.subscribeUser(id, {
        lastEventId: "1-0",
      });
      assert.deepEqual(events(await take(again, 2)), ["history", "0"]);
    }
    for (const id of ["", "a\nb", "\u2028"]) {
      await assert.rejects(pubsub.subscribeUser(id), {
        name: "RangeError",
        message: /"userId"/,
      });
      await assert.rejects(pubsub.publishUserNotification(id, "e", 1), {
        name: "RangeError",
        message: /"userId"/,
      });
    }
  },

  async "subscribeUser() ends as subscribe() does"(pubsub, user) {
    const abort = new AbortController();
    await tell(pubsub, user, 0, 2);
    const options = { lastEventId: "1-0" };
    const left = await pubsub.subscribeUser(user, options);
    for await (const _ of left) break;
    assert.deepEqual(await drain(left), []);
    const { signal } = abort;
    const aborted = await pubsub.subscribeUser(user, { ...options, signal });
    abort.abort();
    assert.deepEqual(await drain(aborted), []);
    const waiting = await pubsub.subscribeUser(user);
    const read = drain(waiting);
    await waiting.unsubscribe();
    assert.deepEqual(await read, []);
    await aborted.unsubscribe();
    assert.equal(await pubsub.publishUserNotification(user, "e", 1), 0);
    const stopped = await pubsub.subscribeUser(user);
    await pubsub.publishUserNotification(user, "e", 2);
    const [last] = await take(stopped, 1);
    await pubsub.stop();
    assert.deepEqual([events([last]), await drain(stopped)], [["e"], []]);
    const error = { name: "NotStartedError" };
    await assert.rejects(pubsub.subscribeUser(user), error);
    await assert.rejects(pubsub.publishUserNotification(user, "e", 3), error);
  },
};

/** Publishes events that are named by their number, one after the other. */
async function tell(
  notifier: UserNotifier,
  userId: string,
  from: number,
  end: number,
): Promise<void> {
  for (let i = from; i < end; i++) {
    await notifier.publishUserNotification(userId, String(i), { i });
  }
}

/** The events, and of markers the reasons. */
function events(items: ReadonlyArray<PubSubMessage | undefined>): unknown[] {
  return items.map((item) =>
    item?.gap?.reason ?? JSON.parse(item?.message ?? "{}").event
  );
}
