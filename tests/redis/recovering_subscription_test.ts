// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";
import type { PubSubMessage, SubscribeOptions } from "../../protocols.ts";
import { BufferedSubscription } from "../../redis/buffered_subscription.ts";
import { RecoveringSubscription } from "../../redis/recovering_subscription.ts";
import { historyState, withEventId } from "../../redis/user_history.ts";

const NOW = 5_000;
const TTL_MS = 1_000;

/** A channel and a history, which need not agree. */
class Scene {
  readonly channel: BufferedSubscription;
  readonly sub: RecoveringSubscription;
  readonly #iterator: AsyncIterator<PubSubMessage, undefined>;
  /** The ids of what the history holds. */
  kept: string[] = [];
  reads = 0;
  /** What reading the history fails with. */
  failure: Error | null = null;

  constructor(options: SubscribeOptions = {}) {
    this.channel = new BufferedSubscription({
      channels: ["ws:u"],
      options,
      onLeave: () => Promise.resolve(),
    });
    this.sub = new RecoveringSubscription({
      subscription: this.channel,
      read: () => {
        this.reads += 1;
        if (this.failure) return Promise.reject(this.failure);
        return Promise.resolve(historyState(this.kept.map(textOf), NOW));
      },
      ttlMs: TTL_MS,
    });
    this.#iterator = this.sub[Symbol.asyncIterator]();
  }

  /** The channel brings messages. */
  hear(...ids: string[]): void {
    for (const id of ids) {
      this.channel.deliver({ channel: "ws:u", message: textOf(id) });
    }
  }

  /** The next items, as ids or reasons. */
  async read(count: number): Promise<string[]> {
    const seen: string[] = [];
    while (seen.length < count) {
      const { value } = await this.#iterator.next();
      if (value === undefined) break;
      seen.push(value.gap?.reason ?? value.id ?? value.message);
    }
    return seen;
  }
}

function textOf(id: string): string {
  return id.includes("-") ? withEventId('{"event": "e", "data": 1}', id) : id;
}

Deno.test("RecoveringSubscription fills the gap of an outage, and hides it", async () => {
  const scene = new Scene();
  scene.kept = ["9-1", "9-2"];
  await scene.sub.begin("");
  scene.hear("9-3");
  assertEquals(await scene.read(1), ["9-3"]);
  scene.kept.push("9-3", "9-4", "9-5");
  scene.channel.markGap("ws:u");
  assertEquals(await scene.read(2), ["9-4", "9-5"]);
  // The history was read after these had been published.
  scene.hear("9-5", "9-6");
  assertEquals(await scene.read(1), ["9-6"]);
  assertEquals([scene.reads, scene.sub.lastEventId], [2, "9-6"]);
});

Deno.test("RecoveringSubscription takes from the history what is not at hand", async () => {
  const scene = new Scene();
  scene.kept = ["9-1"];
  await scene.sub.begin("");
  // Four came after the outage, and the history has no more than two of them.
  scene.channel.markGap("ws:u");
  scene.hear("9-3", "9-4", "9-5", "9-6");
  scene.kept = ["9-5", "9-6"];
  assertEquals(await scene.read(5), [
    "history",
    "9-3",
    "9-4",
    "9-5",
    "9-6",
  ]);
});

Deno.test("RecoveringSubscription notices what never came", async () => {
  const scene = new Scene();
  scene.kept = ["9-1"];
  await scene.sub.begin("");
  scene.kept.push("9-2", "9-3", "9-4");
  scene.hear("9-4");
  assertEquals(await scene.read(3), ["9-2", "9-3", "9-4"]);
  // Another series: the history had run out.
  scene.kept = ["12-1", "12-2"];
  scene.hear("12-2");
  assertEquals(await scene.read(3), ["history", "12-1", "12-2"]);
  scene.hear("13-1");
  assertEquals(await scene.read(1), ["13-1"]);
  // Nothing is lost for a history that is gone.
  scene.kept = [];
  scene.hear("13-3");
  assertEquals(await scene.read(2), ["history", "13-3"]);
});

Deno.test("RecoveringSubscription tells of a gap that it could not fill, and fills it later", async () => {
  const scene = new Scene();
  scene.kept = ["9-1"];
  await scene.sub.begin("");
  scene.failure = new Error("No connection");
  scene.channel.markGap("ws:u");
  assertEquals(await scene.read(1), ["reconnected"]);
  scene.failure = null;
  scene.kept.push("9-2", "9-3");
  scene.hear("9-3");
  assertEquals(await scene.read(2), ["9-2", "9-3"]);
  scene.failure = new Error("No connection");
  scene.hear("9-5");
  assertEquals(await scene.read(2), ["history", "9-5"]);
});

Deno.test("RecoveringSubscription tells of gaps where not everybody keeps a history", async () => {
  const scene = new Scene();
  scene.kept = ["9-1"];
  await scene.sub.begin("");
  scene.hear("from Python", "9-2");
  assertEquals(await scene.read(2), ["from Python", "9-2"]);
  scene.kept.push("9-2", "9-3");
  scene.channel.markGap("ws:u");
  assertEquals(await scene.read(2), ["reconnected", "9-3"]);
  scene.channel.markGap("ws:u");
  assertEquals(await scene.read(1), ["reconnected"]);
});

Deno.test("RecoveringSubscription tells of a server that has lost some", async () => {
  const scene = new Scene();
  scene.kept = ["9-1", "9-2", "9-3"];
  await scene.sub.begin("9-3");
  scene.kept = ["9-1", "9-2"];
  scene.channel.markGap("ws:u");
  assertEquals(await scene.read(1), ["history"]);
  assertEquals(scene.sub.lastEventId, "9-2");
  scene.hear("9-3");
  assertEquals(await scene.read(1), ["9-3"]);
});

Deno.test("RecoveringSubscription trusts an id without a history as long as one would be kept", async () => {
  const fresh = new Scene();
  fresh.kept = ["5000-1"];
  await fresh.sub.begin(`${NOW - TTL_MS + 1}-0`);
  assertEquals(await fresh.read(1), ["5000-1"]);
  const old = new Scene();
  old.kept = ["5000-1"];
  await old.sub.begin(`${NOW - TTL_MS}-0`);
  assertEquals(await old.read(2), ["history", "5000-1"]);
  const idle = new Scene();
  await idle.sub.begin(`${NOW - 1}-0`);
  assertEquals(idle.sub.lastEventId, "5000-0");
});

Deno.test("RecoveringSubscription serves readers in turn, and ends them all", async () => {
  const scene = new Scene();
  scene.kept = ["9-1", "9-2"];
  await scene.sub.begin("9-0");
  const iterator = scene.sub[Symbol.asyncIterator]();
  const reads = [1, 2, 3, 4].map(() => iterator.next());
  assertEquals((await reads[0])?.value?.id, "9-1");
  assertEquals((await reads[1])?.value?.id, "9-2");
  await scene.sub.unsubscribe();
  assertEquals((await reads[2])?.done, true);
  assertEquals((await reads[3])?.done, true);
  assertEquals((await iterator.next()).done, true);
});

Deno.test("RecoveringSubscription fails with its channel", async () => {
  const scene = new Scene({ bufferSize: 1, onOverflow: "close" });
  scene.kept = ["9-1"];
  await scene.sub.begin("");
  scene.hear("9-2", "9-3");
  assertEquals(await scene.read(1), ["9-2"]);
  await assertRejects(() => scene.read(1), Error, "more than 1 messages");
  assertEquals(await scene.read(1), []);
});
