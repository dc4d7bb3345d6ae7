// Copyright 2026 the HuleEdu authors. MIT license.

// Brings a subscription to a page by the server of Bun, whose sockets have no
// events. Runs on Bun alone.

import assert from "node:assert/strict";
import type { Subscription } from "@huleedu/service-libs/protocols";
import {
  pipeToWebSocket,
  type WebSocketLike,
} from "@huleedu/service-libs/redis";
import { MemoryPubSub } from "@huleedu/service-libs/testing";
import { runTests, test } from "./harness.ts";

interface ServerSocket extends WebSocketLike {
  readonly data: { readonly gone: AbortController };
}

interface Server {
  readonly port: number;
  upgrade(request: unknown, options: { data: ServerSocket["data"] }): boolean;
  stop(closesSockets: boolean): void;
}

interface Page {
  onmessage: (event: { readonly data: string }) => void;
  onclose: (event: { readonly code: number }) => void;
  close(): void;
}

declare const Bun: {
  serve(options: {
    readonly hostname: string;
    readonly port: number;
    fetch(request: unknown, server: Server): unknown;
    readonly websocket: Record<string, (socket: ServerSocket) => unknown>;
  }): Server;
};
declare const WebSocket: new (url: string) => Page;

test("pipeToWebSocket() takes the sockets of Bun", async () => {
  await using pubsub = await MemoryPubSub.connect();
  const sub = await pubsub.subscribe("a");
  const { server, piped } = serve(sub);
  try {
    const page = new WebSocket(`ws://127.0.0.1:${server.port}`);
    const seen: string[] = [];
    const enough = new Promise<void>((resolve) => {
      page.onmessage = ({ data }) => {
        if (seen.push(data) === 2) resolve();
      };
    });
    await pubsub.publish("a", "1");
    await pubsub.publish("a", "å😀");
    await enough;
    assert.deepEqual(seen, ["1", "å😀"]);
    page.close();
    await piped;
    assert.equal(await pubsub.publish("a", "3"), 0);
  } finally {
    server.stop(true);
  }
});

test("pipeToWebSocket() closes the sockets of Bun with the subscription", async () => {
  await using pubsub = await MemoryPubSub.connect();
  const { server, piped } = serve(await pubsub.subscribe("a"));
  try {
    const page = new WebSocket(`ws://127.0.0.1:${server.port}`);
    const closed = new Promise<number>((resolve) => {
      page.onclose = ({ code }) => resolve(code);
      page.onmessage = () => void pubsub.stop();
    });
    await pubsub.publish("a", "1");
    assert.equal(await closed, 1000);
    await piped;
  } finally {
    server.stop(true);
  }
});

function serve(sub: Subscription): { server: Server; piped: Promise<void> } {
  let settle = (_: Promise<void>) => {};
  const piped = new Promise<void>((resolve) => settle = resolve);
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request, server) =>
      server.upgrade(request, { data: { gone: new AbortController() } })
        ? undefined
        : new Error("A WebSocket is wanted"),
    websocket: {
      open: (socket) => {
        const { signal } = socket.data.gone;
        settle(pipeToWebSocket(sub, socket, { signal }));
      },
      close: (socket) => socket.data.gone.abort(),
      message: () => {},
    },
  });
  return { server, piped };
}

await runTests();
