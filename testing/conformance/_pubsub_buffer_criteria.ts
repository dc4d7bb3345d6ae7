// Copyright 2026 the HuleEdu authors. MIT license.

import assert from "node:assert/strict";
import type { PubSub, Subscription } from "../../protocols.ts";
import { drain, type PubSubCriteria, take } from "./_pubsub_criterion.ts";

/** Slow readers, and users. */
export const PUBSUB_BUFFER_CRITERIA: PubSubCriteria = {
  async "drops the oldest for a slow reader, and tells it so"(
    pubsub,
    channel,
  ) {
    await using sub = await pubsub.subscribe(channel, { bufferSize: 3 });
    await publishTo(pubsub, sub, 10);
    assert.deepEqual(await take(sub, 4), [
      { channel, message: "", gap: { reason: "overflow", dropped: 7 } },
      { channel, message: "7" },
      { channel, message: "8" },
      { channel, message: "9" },
    ]);
    assert.equal(sub.dropped, 7);
  },

  async "one slow reader does not slow another"(pubsub, channel) {
    await using slow = await pubsub.subscribe(channel, { bufferSize: 1 });
    await using quick = await pubsub.subscribe(channel);
    await publishTo(pubsub, quick, 10);
    assert.equal((await take(quick, 10)).length, 10);
    assert.equal(quick.dropped, 0);
    assert.equal(slow.dropped, 9);
  },

  async "closes on overflow where that is asked for"(pubsub, channel) {
    const sub = await pubsub.subscribe(channel, {
      bufferSize: 2,
      onOverflow: "close",
    });
    await using witness = await pubsub.subscribe(channel);
    await publishTo(pubsub, witness, 3);
    await take(witness, 3);
    const read: string[] = [];
    const reading = async () => {
      for await (const { message } of sub) read.push(message);
    };
    await assert.rejects(reading, {
      name: "SubscriptionOverflowError",
      bufferSize: 2,
    });
    assert.deepEqual(read, ["0", "1"]);
    assert.deepEqual(await drain(sub), []);
    await witness.unsubscribe();
    assert.equal(await pubsub.publish(channel, "4"), 0);
  },

  async "blocks where that is asked for, and drops nothing"(pubsub, channel) {
    await using sub = await pubsub.subscribe(channel, {
      bufferSize: 4,
      onOverflow: "block",
    });
    await using quick = await pubsub.subscribe(channel, { bufferSize: 5_000 });
    const text = "x".repeat(1_000);
    for (let i = 0; i < 50; i++) {
      const turn = Array.from({ length: 100 }, () => text);
      await Promise.all(turn.map((each) => pubsub.publish(channel, each)));
    }
    // Somebody else does not wait for it.
    assert.equal((await take(quick, 5_000)).length, 5_000);
    const read = await take(sub, 5_000);
    assert.equal(read.filter(({ message }) => message === text).length, 5_000);
    assert.equal(sub.dropped, 0);
  },

  async "a subscription that blocks ends while its reader is behind"(
    pubsub,
    channel,
  ) {
    const sub = await pubsub.subscribe(channel, {
      bufferSize: 2,
      onOverflow: "block",
    });
    for (let i = 0; i < 20; i++) await pubsub.publish(channel, "m");
    assert.equal((await take(sub, 1)).length, 1);
    await sub.unsubscribe();
    assert.equal(await pubsub.publish(channel, "m"), 0);
    assert.deepEqual(await drain(sub), []);
  },

  async "getUserChannel() names the channel of a user"(pubsub) {
    await Promise.resolve();
    assert.equal(pubsub.getUserChannel("u1"), "ws:u1");
    assert.equal(pubsub.getUserChannel("*"), "ws:*");
    assert.equal(pubsub.getUserChannel("lärare"), "ws:lärare");
    for (const id of ["", "a\nb", "a\0", "\u2028", "\ud800"]) {
      assert.throws(() => pubsub.getUserChannel(id), RangeError);
    }
    const wrong = undefined as unknown as string;
    assert.throws(() => pubsub.getUserChannel(wrong), TypeError);
  },

  async "publishUserNotification() writes as Python does"(pubsub, channel) {
    const user = `lärare:${channel}`;
    await using sub = await pubsub.subscribe(pubsub.getUserChannel(user));
    await pubsub.publishUserNotification(user, "händelse", {
      z: 1,
      a: [1.5, 1e21, null],
      namn: "Åsa 😀",
    });
    await pubsub.publishUserNotification(user, "e", undefined);
    assert.deepEqual((await take(sub, 2)).map(({ message }) => message), [
      '{"event": "h\\u00e4ndelse", "data": {"z": 1, "a": [1.5, 1e+21, null], ' +
      '"namn": "\\u00c5sa \\ud83d\\ude00"}}',
      '{"event": "e", "data": null}',
    ]);
  },

  async "publishUserNotification() refuses what has no JSON form"(pubsub) {
    for (const data of [{ n: NaN }, { at: new Map() }, { f: () => {} }]) {
      await assert.rejects(pubsub.publishUserNotification("u1", "e", data), {
        name: "JsonValueError",
      });
    }
    await assert.rejects(
      pubsub.publishUserNotification("", "e", {}),
      RangeError,
    );
  },

  async "subscribeUser() hears the user's channel, and keeps nothing"(
    pubsub,
    user,
  ) {
    await pubsub.publishUserNotification(user, "before", 1);
    const channel = pubsub.getUserChannel(user);
    await using sub = await pubsub.subscribeUser(user);
    await using late = await pubsub.subscribeUser(user, { lastEventId: "1-1" });
    await pubsub.publishUserNotification(user, "e", 1);
    const item = { channel, message: '{"event": "e", "data": 1}' };
    const gap = { reason: "history" };
    assert.deepEqual(await take(sub, 1), [item]);
    assert.deepEqual(await take(late, 2), [
      { channel, message: "", gap },
      item,
    ]);
    assert.deepEqual([sub.lastEventId, late.lastEventId], ["", ""]);
  },
};

/** Publishes "0", "1" … one after the other, and waits until all have come. */
async function publishTo(
  pubsub: PubSub,
  subscription: Subscription,
  count: number,
): Promise<void> {
  const [channel = ""] = subscription.channels;
  for (let i = 0; i < count; i++) await pubsub.publish(channel, String(i));
  // What follows a message on its connection follows it in the buffers.
  await using end = await pubsub.subscribe(`${channel}:end`);
  await pubsub.publish(`${channel}:end`, "");
  await take(end, 1);
}
