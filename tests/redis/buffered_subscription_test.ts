// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { PubSubMessage, SubscribeOptions } from "../../protocols.ts";
import { BufferedSubscription } from "../../redis/buffered_subscription.ts";
import { SubscriptionOverflowError } from "../../redis/mod.ts";

function setUp(options: SubscribeOptions = {}, channels = ["a", "b"]) {
  const left: BufferedSubscription[] = [];
  const sub = new BufferedSubscription({
    channels,
    options,
    onLeave: (leaving) => {
      left.push(leaving);
      return Promise.resolve();
    },
  });
  return { sub, left };
}

function message(channel: string, text: string | number): PubSubMessage {
  return { channel, message: String(text) };
}

async function read(sub: BufferedSubscription): Promise<string[]> {
  const seen: string[] = [];
  for await (const { channel, message, gap } of sub) {
    seen.push(`${channel}:${gap ? gapText(gap) : message}`);
  }
  return seen;
}

function gapText({ reason, dropped }: { reason: string; dropped?: number }) {
  return dropped === undefined ? reason : `${reason} ${dropped}`;
}

Deno.test("a message goes to a reader that waits, or waits for a reader", async () => {
  const { sub } = setUp();
  const reader = sub[Symbol.asyncIterator]();
  const waiting = [reader.next(), reader.next()];
  for (const text of ["1", "2", "3"]) sub.deliver(message("a", text));
  const values = [...await Promise.all(waiting), await reader.next()];
  assertEquals(values.map(({ value }) => value?.message), ["1", "2", "3"]);
});

Deno.test("each channel that lost messages gets one marker, in front", async () => {
  const { sub } = setUp({ bufferSize: 2 });
  for (let i = 0; i < 3; i++) {
    sub.deliver(message("a", i));
    sub.deliver(message("b", i));
  }
  sub.finish();
  assertEquals(await read(sub), [
    "a:overflow 2",
    "b:overflow 2",
    "a:2",
    "b:2",
  ]);
  assertEquals(sub.dropped, 4);
});

Deno.test("a marker of a gap is not lost when the buffer overflows", async () => {
  const { sub } = setUp({ bufferSize: 2 });
  sub.markGap("a");
  sub.markGap("b");
  sub.deliver(message("b", 1));
  sub.deliver(message("b", 2));
  sub.deliver(message("b", 3));
  sub.finish();
  assertEquals(await read(sub), [
    "a:reconnected",
    "b:overflow 1",
    "b:2",
    "b:3",
  ]);
});

Deno.test("finish() lets the reader have what has arrived", async () => {
  const { sub, left } = setUp();
  sub.deliver(message("a", 1));
  sub.finish();
  sub.deliver(message("a", 2));
  assertEquals(await read(sub), ["a:1"]);
  assertEquals(left, []);
});

Deno.test("unsubscribe() forgets what has arrived, and leaves once", async () => {
  const { sub, left } = setUp();
  sub.deliver(message("a", 1));
  await Promise.all([sub.unsubscribe(), sub.unsubscribe()]);
  await sub[Symbol.asyncDispose]();
  assertEquals(await read(sub), []);
  assertEquals(left, [sub]);
});

Deno.test("fail() is told to one reader, after what has arrived", async () => {
  const { sub, left } = setUp();
  const failure = new Error("No");
  sub.deliver(message("a", 1));
  sub.fail(failure);
  sub.fail(new Error("Again"));
  const reader = sub[Symbol.asyncIterator]();
  assertEquals((await reader.next()).value?.message, "1");
  assertEquals(await assertRejects(() => reader.next()), failure);
  assertEquals((await reader.next()).done, true);
  assertEquals(left, [sub]);
});

Deno.test("fail() ends every reader that waits", async () => {
  const { sub } = setUp();
  const reader = sub[Symbol.asyncIterator]();
  const failed = assertRejects(() => reader.next(), Error, "No");
  const ended = reader.next();
  sub.fail(new Error("No"));
  await failed;
  assertEquals((await ended).done, true);
});

Deno.test("an overflow that closes is told after what has arrived", async () => {
  const { sub } = setUp({ bufferSize: 1, onOverflow: "close" });
  sub.deliver(message("a", 1));
  sub.deliver(message("a", 2));
  const reader = sub[Symbol.asyncIterator]();
  assertEquals((await reader.next()).value?.message, "1");
  const error = await assertRejects(
    () => reader.next(),
    SubscriptionOverflowError,
  );
  assertEquals([error.channels, error.bufferSize], [["a", "b"], 1]);
});

Deno.test("a subscription that blocks is full at the brim, and not at the half", async () => {
  const full: boolean[] = [];
  const sub = new BufferedSubscription({
    channels: ["a"],
    options: { bufferSize: 4, onOverflow: "block" },
    onLeave: () => Promise.resolve(),
    onFull: (isFull) => full.push(isFull),
  });
  for (let i = 0; i < 3; i++) sub.deliver(message("a", i));
  assertEquals([full, sub.isFull], [[], false]);
  // What the socket had read already is taken too, and asks anew to hold up.
  for (let i = 3; i < 6; i++) sub.deliver(message("a", i));
  assertEquals([full, sub.isFull], [[true, true, true], true]);
  const reader = sub[Symbol.asyncIterator]();
  for (let i = 0; i < 3; i++) await reader.next();
  assertEquals(full.length, 3);
  await reader.next();
  assertEquals([full.at(-1), sub.isFull, sub.dropped], [false, false, 0]);
  sub.finish();
  assertEquals(await read(sub), ["a:4", "a:5"]);
});

Deno.test("gaps of patterns are told by pattern, however many channels match", async () => {
  const sub = new BufferedSubscription({
    channels: ["a*"],
    options: { bufferSize: 1 },
    isPattern: true,
    onLeave: () => Promise.resolve(),
  });
  for (const text of ["1", "2", "3"]) {
    sub.deliver({ ...message(`a${text}`, text), pattern: "a*" });
  }
  sub.finish();
  assertEquals(await Array.fromAsync(sub), [
    {
      channel: "a*",
      message: "",
      gap: { reason: "overflow", dropped: 2 },
      pattern: "a*",
    },
    { channel: "a3", message: "3", pattern: "a*" },
  ]);
});

Deno.test("the signal ends the reader", async () => {
  const abort = new AbortController();
  const { sub, left } = setUp({ signal: abort.signal });
  const seen = read(sub);
  abort.abort();
  assertEquals(await seen, []);
  assertEquals(left, [sub]);
});

Deno.test("options are checked", () => {
  assertThrows(() => setUp({ bufferSize: 0 }), RangeError, '"bufferSize"');
  assertThrows(() => setUp({ bufferSize: 1.5 }), RangeError, '"bufferSize"');
  const onOverflow = "drop" as unknown as "close";
  assertThrows(() => setUp({ onOverflow }), RangeError, '"onOverflow"');
});
