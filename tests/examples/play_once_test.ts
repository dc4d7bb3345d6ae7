// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type {
  IdempotencyStore,
  PubSub,
  UserNotifier,
} from "../../protocols.ts";
import { MemoryIdempotencyStore } from "../../testing/mod.ts";
import type { Backbone } from "../../examples/essay_desk/backbone.ts";
import { EmbeddedBackbone } from "../../examples/essay_desk/embedded_backbone.ts";
import { playOnce } from "../../examples/essay_desk/play_once.ts";

interface Played {
  readonly code: number;
  readonly printed: string;
  readonly noted: string;
}

/** Plays on the doubles, with some of them replaced. */
async function play(
  replaced: Partial<Backbone> = {},
  timeoutMs = 20_000,
): Promise<Played> {
  await using stack = new AsyncDisposableStack();
  const whole = await EmbeddedBackbone.open(stack);
  const backbone: Backbone = {
    name: whole.name,
    isShared: false,
    openPublisher: () => whole.openPublisher(),
    createConsumer: (use, topic) => whole.createConsumer(use, topic),
    openStore: () => whole.openStore(),
    openMessages: () => whole.openMessages(),
    openTopics: () => whole.openTopics(),
    ...replaced,
  };
  const printed: string[] = [];
  const noted: string[] = [];
  const output = {
    print: (line: string) => void printed.push(line),
    note: (line: string) => void noted.push(line),
  };
  const code = await playOnce({ backbone, output, timeoutMs });
  return { code, printed: printed.join("\n"), noted: noted.join("\n") };
}

Deno.test("playOnce() returns 0 and logs nothing when all is well", async () => {
  const { code, printed, noted } = await play();
  assertEquals(code, 0, printed);
  assertMatch(
    printed,
    /submitted 4, analysed 3, duplicates 1, told 3, set aside 1/,
  );
  assertEquals(noted, "");
});

Deno.test("playOnce() returns 1 when a store forgets what was handled", async () => {
  const forgetful = (): Promise<IdempotencyStore> => {
    const store = new MemoryIdempotencyStore();
    return Promise.resolve({
      claim: () => Promise.resolve({ status: "claimed", token: "t" }),
      extend: () => Promise.resolve(true),
      complete: () => Promise.resolve(true),
      release: (key, token) => store.release(key, token),
    });
  };
  const { code, printed, noted } = await play({ openStore: forgetful });
  assertEquals(code, 1);
  assertStringIncludes(printed, "analysed: 4, not 3");
  assertStringIncludes(printed, "astrid was told of the own essay 2 times");
  assertStringIncludes(noted, "Essay analysed");
});

Deno.test("playOnce() returns 1 when users hear of the essays of others", async () => {
  await using stack = new AsyncDisposableStack();
  const { code, printed } = await play({
    openMessages: await sharedChannel(stack),
  });
  assertEquals(code, 1);
  assertStringIncludes(printed, "was told of an essay of someone else");
});

Deno.test("playOnce() returns 1 and says what it waited for in vain", async () => {
  await using stack = new AsyncDisposableStack();
  const messages = await (await EmbeddedBackbone.open(stack)).openMessages();
  const deaf = {
    publish: () => Promise.resolve(0),
    subscribe: messages.subscribe.bind(messages),
    getUserChannel: messages.getUserChannel.bind(messages),
    publishUserNotification: () => Promise.resolve(0),
  };
  const openMessages = () => Promise.resolve(deaf);
  const { code, printed, noted } = await play({ openMessages }, 1_000);
  assertEquals(code, 1);
  assertStringIncludes(
    printed,
    "Waited in vain for the result of astrid: time is up after 1000 ms",
  );
  assertStringIncludes(noted, "User has no page open");
});

/** Messages that go to everybody. */
async function sharedChannel(
  stack: AsyncDisposableStack,
): Promise<() => Promise<PubSub & UserNotifier>> {
  const messages = await (await EmbeddedBackbone.open(stack)).openMessages();
  const everybody = {
    publish: messages.publish.bind(messages),
    subscribe: messages.subscribe.bind(messages),
    getUserChannel: () => messages.getUserChannel("everybody"),
    publishUserNotification: (_user: string, event: string, data: unknown) =>
      messages.publishUserNotification("everybody", event, data),
  };
  return () => Promise.resolve(everybody);
}
