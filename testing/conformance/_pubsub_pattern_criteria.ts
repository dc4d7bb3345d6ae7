// Copyright 2026 the HuleEdu authors. MIT license.

import assert from "node:assert/strict";
import type { PubSubMessage } from "../../protocols.ts";
import { escapePattern } from "../../redis/escape_pattern.ts";
import { drain, type PubSubCriteria, take } from "./_pubsub_criterion.ts";

/** Subscriptions by pattern. */
export const PUBSUB_PATTERN_CRITERIA: PubSubCriteria = {
  async "subscribePattern() hears every channel that matches"(pubsub, channel) {
    const pattern = `${channel}:[ab]?*`;
    await using sub = await pubsub.subscribePattern(pattern);
    assert.deepEqual(sub.channels, [pattern]);
    for (const name of ["a1", "b2x", "a", "c1", "ab"]) {
      await pubsub.publish(`${channel}:${name}`, name);
    }
    assert.deepEqual(
      await take(sub, 3),
      ["a1", "b2x", "ab"].map((name) => ({
        channel: `${channel}:${name}`,
        message: name,
        pattern,
      })),
    );
  },

  async "subscribePattern() gives a message once for each pattern"(
    pubsub,
    channel,
  ) {
    const patterns = [`${channel}:*`, `${channel}:a*`, `${channel}:b*`];
    await using sub = await pubsub.subscribePattern(patterns);
    await using exact = await pubsub.subscribe(`${channel}:a`);
    const message = { channel: `${channel}:a`, message: "1" };
    assert.ok(await pubsub.publish(message.channel, message.message) >= 3);
    const byPattern = (one: PubSubMessage, two: PubSubMessage) =>
      String(one.pattern) < String(two.pattern) ? -1 : 1;
    assert.deepEqual((await take(sub, 2)).sort(byPattern), [
      { ...message, pattern: patterns[0] },
      { ...message, pattern: patterns[1] },
    ]);
    assert.deepEqual(await take(exact, 1), [message]);
  },

  async "subscribePattern() ends as subscribe() does"(pubsub, channel) {
    const left = await pubsub.subscribePattern(`${channel}*`);
    await using stays = await pubsub.subscribePattern(`${channel}*`);
    await pubsub.publish(channel, "1");
    for await (const { message } of left) {
      assert.equal(message, "1");
      break;
    }
    await pubsub.publish(channel, "2");
    assert.deepEqual(
      (await take(stays, 2)).map(({ message }) => message),
      ["1", "2"],
    );
    await stays.unsubscribe();
    assert.equal(await pubsub.publish(channel, "3"), 0);
    assert.deepEqual(await drain(left), []);
  },

  async "tells a slow reader of a pattern what was dropped"(pubsub, channel) {
    const pattern = `${channel}:*`;
    await using sub = await pubsub.subscribePattern(pattern, { bufferSize: 2 });
    await using witness = await pubsub.subscribePattern(pattern);
    for (const name of ["1", "2", "3", "4"]) {
      await pubsub.publish(`${channel}:${name}`, name);
    }
    await take(witness, 4);
    const gap = { reason: "overflow", dropped: 2 };
    assert.deepEqual(await take(sub, 3), [
      { channel: pattern, message: "", gap, pattern },
      { channel: `${channel}:3`, message: "3", pattern },
      { channel: `${channel}:4`, message: "4", pattern },
    ]);
  },

  async "users whose ids look like patterns hear only what is theirs"(
    pubsub,
    channel,
  ) {
    const ids = ["*", "?", "[a-z]", "a\\", "a:b", "^", "{u}"].map((id) =>
      `${channel}${id}`
    );
    for (const id of ids) {
      const name = pubsub.getUserChannel(id);
      await using exact = await pubsub.subscribe(name);
      await using byPattern = await pubsub.subscribePattern(
        escapePattern(name),
      );
      await pubsub.publish(pubsub.getUserChannel(`${channel}a`), "no");
      await pubsub.publishUserNotification(id, "e", {});
      const message = '{"event": "e", "data": {}}';
      assert.deepEqual(await take(exact, 1), [{ channel: name, message }]);
      const [read] = await take(byPattern, 1);
      assert.deepEqual([read?.channel, read?.message], [name, message]);
    }
  },

  async "subscribePattern() refuses patterns of the wrong kind"(pubsub) {
    const wrong = 7 as unknown as string;
    await assert.rejects(pubsub.subscribePattern([]), {
      name: "TypeError",
      message: /"patterns"/,
    });
    await assert.rejects(pubsub.subscribePattern([wrong]), TypeError);
  },
};
