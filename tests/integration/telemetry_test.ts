// Copyright 2026 the HuleEdu authors. MIT license.

import { SpanKind, trace } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { assert, assertEquals } from "@std/assert";
import {
  RedisClient,
  type RedisClientOptions,
} from "@huleedu/service-libs/redis";
import { startEssayDesk } from "../../examples/essay_desk/essay_desk.ts";
import { LogBook } from "../../examples/essay_desk/log_book.ts";
import { ServerBackbone } from "../../examples/essay_desk/server_backbone.ts";
import { UserPage } from "../../examples/essay_desk/user_page.ts";
import { TelemetrySdk } from "../telemetry/telemetry_sdk.ts";
import { kafkaBootstrapServers, redisUrl, uniqueName } from "./_services.ts";

const SUBMITTED = "huleedu.essay.submitted.v1";
const ANALYSED = "huleedu.essay.analysed.v1";
const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const REQUEST_ID = "00f067aa0ba902b7";

function clientOptions(): RedisClientOptions {
  return { clientId: "telemetry", url: redisUrl() };
}

function serverOf({ attributes }: ReadableSpan): string {
  return `${attributes["server.address"]}:${attributes["server.port"]}`;
}

Deno.test("A request, its events, Redis and the notification are one trace on real servers", async () => {
  await using sdk = new TelemetrySdk();
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), 60_000);
  await using stack = new AsyncDisposableStack();
  stack.defer(() => clearTimeout(timer));
  const log = new LogBook();
  const backbone = new ServerBackbone({
    KAFKA_BOOTSTRAP_SERVERS: kafkaBootstrapServers(),
    REDIS_URL: redisUrl(),
  });
  const { url = "" } = stack.use(
    await startEssayDesk({ backbone, port: 0, logHandlers: log.handlers }),
  );
  const user = uniqueName("a").slice(0, 40);
  const at = { desk: url, gateway: url };
  const page = stack.use(await UserPage.open(at, user, giveUp.signal));
  const receipt = await page.submit("Nobody came.", crypto.randomUUID(), {
    traceparent: `00-${TRACE_ID}-${REQUEST_ID}-01`,
  });
  await page.until("essay_analysed", 1, giveUp.signal);
  // The last span ends when the event is marked as handled.
  await stack.disposeAsync();

  const spans = sdk.spans.filter((span) =>
    span.spanContext().traceId === TRACE_ID
  );
  const one = (name: string): ReadableSpan => {
    const found = spans.filter((span) => span.name === name);
    assertEquals(found.length, 1, `${name}: ${spans.map((each) => each.name)}`);
    return found[0]!;
  };
  const chain = [
    one(`send ${SUBMITTED}`),
    one(`process ${SUBMITTED}`),
    one(`send ${ANALYSED}`),
    one(`process ${ANALYSED}`),
    one("publish ws:{userId}"),
  ];
  assertEquals(
    chain.map((span) => span.parentSpanContext?.spanId),
    [
      REQUEST_ID,
      ...chain.slice(0, -1).map((span) => span.spanContext().spanId),
    ],
  );
  for (const span of chain.slice(0, -1)) {
    assertEquals(serverOf(span), kafkaBootstrapServers());
  }
  const [, analysing, , telling, notifying] = chain;
  for (const handling of [analysing, telling]) {
    // The claim, and the mark that the event is handled.
    const redis = spans.filter((span) =>
      span.attributes["db.system.name"] === "redis" &&
      span.parentSpanContext?.spanId === handling?.spanContext().spanId
    );
    assert(redis.some(({ name }) => name === "SET"), "no claim");
    assert(redis.length >= 2, "no mark");
  }
  assertEquals(notifying?.attributes["db.operation.name"], "PUBLISH");
  assertEquals(notifying?.kind, SpanKind.PRODUCER);
  assert(!JSON.stringify(notifying?.attributes).includes(user));

  const lines = log.story(receipt.correlation_id);
  assertEquals(lines.map(({ service, trace_id }) => [service, trace_id]), [
    ["essay_desk", TRACE_ID],
    ["essay_analyser", TRACE_ID],
    ["essay_gateway", TRACE_ID],
  ]);
  assertEquals(lines[1]?.span_id, analysing?.spanContext().spanId);
});

Deno.test("RedisClient tells of commands as their callers see them", async () => {
  await using sdk = new TelemetrySdk();
  await using client = await RedisClient.connect(clientOptions());
  const key = uniqueName("telemetry");
  const { hostname, port, pathname } = new URL(redisUrl());
  const tracer = trace.getTracer("test");
  const inSpan = (name: string, run: () => Promise<unknown>) =>
    tracer.startActiveSpan(name, (span) => run().finally(() => span.end()));
  try {
    // Both go in one script; each belongs to its own caller.
    await Promise.all(
      ["a", "b"].map((name) =>
        inSpan(name, () => client.setIfNotExists(`${key}:${name}`, "1"))
      ),
    );
    await inSpan("c", () => client.hgetall(`${key}:a`)).catch(() => {});
    await inSpan("d", () =>
      client.transaction([key], async (tx) => {
        await tx.get(key);
        tx.multi().set(key, "1").incr(key);
      }));
    await client.publish(key, "hello");
  } finally {
    await client.delete(key, `${key}:a`, `${key}:b`);
  }
  const below = (name: string) => {
    const [parent] = sdk.named(name);
    return sdk.spans.filter((span) =>
      span.parentSpanContext?.spanId === parent?.spanContext().spanId
    );
  };
  assertEquals(below("a").map(({ name }) => name), ["SET"]);
  assertEquals(below("b").map(({ name }) => name), ["SET"]);
  const [set] = below("a");
  assertEquals(set?.kind, SpanKind.CLIENT);
  assertEquals(set?.attributes, {
    "db.system.name": "redis",
    "db.operation.name": "SET",
    "db.namespace": pathname.slice(1) || "0",
    "server.address": hostname,
    "server.port": Number(port || 6379),
  });
  assertEquals(
    below("c").map(({ name, attributes }) => [name, attributes["error.type"]]),
    [["HGETALL", "WRONGTYPE"]],
  );
  assertEquals(
    below("d").map(({ name, attributes }) => [
      name,
      attributes["db.operation.batch.size"],
    ]),
    [["WATCH", undefined], ["GET", undefined], ["EXEC", 2]],
  );
  assertEquals(sdk.named(`publish ${key}`).length, 1);
  assert(!sdk.spans.some(({ name }) => name === "EVAL"));
  const took = await sdk.points("db.client.operation.duration");
  assert(
    took.some(({ attributes }) => attributes["error.type"] === "WRONGTYPE"),
  );
});
