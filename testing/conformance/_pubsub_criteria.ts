// Copyright 2026 the HuleEdu authors. MIT license.

import assert from "node:assert/strict";
import { drain, type PubSubCriteria, take } from "./_pubsub_criterion.ts";

/** Messages, their readers, and the ends of subscriptions. */
export const PUBSUB_CRITERIA: PubSubCriteria = {
  async "publish() counts the subscribers"(pubsub, channel) {
    assert.equal(await pubsub.publish(channel, "nobody"), 0);
    await using first = await pubsub.subscribe(channel);
    await using second = await pubsub.subscribe([channel, `${channel}:2`]);
    const receivers = await pubsub.publish(channel, "hej å 😀\r\n");
    // One connection may carry both.
    assert.ok(receivers >= 1, `${receivers} receivers`);
    const expected = [{ channel, message: "hej å 😀\r\n" }];
    assert.deepEqual(await take(first, 1), expected);
    assert.deepEqual(await take(second, 1), expected);
  },

  async "delivers in order what is published after subscribe()"(
    pubsub,
    channel,
  ) {
    await using sub = await pubsub.subscribe(channel);
    const sent = Array.from({ length: 200 }, (_, i) => String(i));
    await Promise.all(sent.map((message) => pubsub.publish(channel, message)));
    const received = await take(sub, 200);
    assert.deepEqual(received.map(({ message }) => message), sent);
  },

  async "tells channels apart by their exact names"(pubsub, channel) {
    await using sub = await pubsub.subscribe([`${channel}:*`, `${channel}:a`]);
    assert.deepEqual(sub.channels, [`${channel}:*`, `${channel}:a`]);
    assert.equal(await pubsub.publish(`${channel}:b`, "no"), 0);
    await pubsub.publish(`${channel}:a`, "1");
    await pubsub.publish(`${channel}:*`, "2");
    assert.deepEqual(await take(sub, 2), [
      { channel: `${channel}:a`, message: "1" },
      { channel: `${channel}:*`, message: "2" },
    ]);
  },

  async "gives a message of one channel once, however often it is named"(
    pubsub,
    channel,
  ) {
    await using sub = await pubsub.subscribe([channel, channel]);
    await pubsub.publish(channel, "1");
    await pubsub.publish(channel, "2");
    const received = await take(sub, 2);
    assert.deepEqual(received.map(({ message }) => message), ["1", "2"]);
  },

  async "leaving the loop ends the subscription"(pubsub, channel) {
    const sub = await pubsub.subscribe(channel);
    await pubsub.publish(channel, "1");
    for await (const { message } of sub) {
      assert.equal(message, "1");
      break;
    }
    assert.equal(await pubsub.publish(channel, "2"), 0);
    assert.deepEqual(await drain(sub), []);
  },

  async "an error in the loop ends the subscription"(pubsub, channel) {
    const sub = await pubsub.subscribe(channel);
    await pubsub.publish(channel, "1");
    const failure = new Error("No");
    const read = async () => {
      for await (const _ of sub) throw failure;
    };
    await assert.rejects(read, failure);
    assert.equal(await pubsub.publish(channel, "2"), 0);
  },

  async "unsubscribe() ends a reader that waits, and is idempotent"(
    pubsub,
    channel,
  ) {
    const sub = await pubsub.subscribe(channel);
    const read = drain(sub);
    await Promise.all([sub.unsubscribe(), sub.unsubscribe()]);
    await sub.unsubscribe();
    assert.deepEqual(await read, []);
    assert.equal(await pubsub.publish(channel, "1"), 0);
  },

  async "the end of its block ends a subscription"(pubsub, channel) {
    {
      await using sub = await pubsub.subscribe(channel);
      assert.equal(sub.dropped, 0);
    }
    assert.equal(await pubsub.publish(channel, "1"), 0);
  },

  async "the signal ends a subscription"(pubsub, channel) {
    const abort = new AbortController();
    const { signal } = abort;
    const sub = await pubsub.subscribe(channel, { signal });
    const read = drain(sub);
    abort.abort();
    assert.deepEqual(await read, []);
    await sub.unsubscribe();
    assert.equal(await pubsub.publish(channel, "1"), 0);
    await assert.rejects(
      pubsub.subscribe(channel, { signal }),
      signal.reason,
    );
  },

  async "one reader's end leaves the others alone"(pubsub, channel) {
    await using first = await pubsub.subscribe(channel);
    const second = await pubsub.subscribe(channel);
    await second.unsubscribe();
    await pubsub.publish(channel, "1");
    assert.deepEqual(await take(first, 1), [{ channel, message: "1" }]);
  },

  async "100 readers that come and go leave nothing behind"(pubsub, channel) {
    const visit = async () => {
      const sub = await pubsub.subscribe(channel);
      await sub.unsubscribe();
      await using again = await pubsub.subscribe(channel);
      assert.deepEqual(again.channels, [channel]);
    };
    await using stays = await pubsub.subscribe(channel);
    await Promise.all(Array.from({ length: 100 }, visit));
    await pubsub.publish(channel, "1");
    assert.deepEqual(await take(stays, 1), [{ channel, message: "1" }]);
    await stays.unsubscribe();
    assert.equal(await pubsub.publish(channel, "2"), 0);
  },

  async "subscribing again at once misses nothing"(pubsub, channel) {
    for (let i = 0; i < 20; i++) {
      const before = await pubsub.subscribe(channel);
      const [, sub] = await Promise.all([
        before.unsubscribe(),
        pubsub.subscribe(channel),
      ]);
      await pubsub.publish(channel, String(i));
      assert.deepEqual(await take(sub, 1), [{ channel, message: String(i) }]);
      await sub.unsubscribe();
    }
  },

  async "stop() ends readers, and every later call is refused"(
    pubsub,
    channel,
  ) {
    const sub = await pubsub.subscribe(channel);
    await pubsub.publish(channel, "1");
    const [first] = await take(sub, 1);
    const read = drain(sub);
    await pubsub.stop();
    assert.deepEqual([first?.message, await read], ["1", []]);
    const stopped = { name: "NotStartedError" };
    await assert.rejects(pubsub.publish(channel, "2"), stopped);
    await assert.rejects(pubsub.subscribe(channel), stopped);
    await assert.rejects(
      pubsub.publishUserNotification("u1", "e", {}),
      stopped,
    );
    await pubsub.start();
    await using _again = await pubsub.subscribe(channel);
    assert.ok(await pubsub.publish(channel, "3") >= 1);
  },

  async "refuses channels and messages of the wrong kind"(pubsub, channel) {
    const wrong = 7 as unknown as string;
    await assert.rejects(pubsub.publish(wrong, "a"), TypeError);
    await assert.rejects(pubsub.publish(channel, wrong), TypeError);
    await assert.rejects(pubsub.subscribe([]), TypeError);
    await assert.rejects(pubsub.subscribe([wrong]), TypeError);
    await assert.rejects(
      pubsub.subscribe(channel, { bufferSize: 0 }),
      RangeError,
    );
    assert.equal(await pubsub.publish(channel, "a"), 0);
  },
};
