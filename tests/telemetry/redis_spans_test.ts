// Copyright 2026 the HuleEdu authors. MIT license.

import { SpanKind } from "@opentelemetry/api";
import { assertEquals, assertRejects } from "@std/assert";
import { RedisCommandError } from "../../redis/mod.ts";
import { CommandTelemetry } from "../../redis/_command_telemetry.ts";
import { TelemetrySdk } from "./telemetry_sdk.ts";

const SERVER = { host: "redis.example", port: 6380, db: 2 };

const SERVER_ATTRIBUTES = {
  "db.system.name": "redis",
  "db.namespace": "2",
  "server.address": "redis.example",
  "server.port": 6380,
};

Deno.test("CommandTelemetry.observe() only calls while nobody listens", async () => {
  const telemetry = new CommandTelemetry(SERVER);
  const reply = Promise.resolve("OK");
  assertEquals(telemetry.observe({ name: "SET" }, () => reply) === reply, true);
  await reply;
});

Deno.test("CommandTelemetry.observe() names a refused command and its code", async () => {
  await using sdk = new TelemetrySdk();
  const refusal = new RedisCommandError("SET", "OOM command not allowed");
  await assertRejects(
    () =>
      new CommandTelemetry(SERVER).observe(
        { name: "EVALSHA", subject: "SET" },
        () => Promise.reject(refusal),
      ),
    RedisCommandError,
  );
  const [span] = sdk.spans;
  assertEquals([span?.name, span?.kind], ["SET", SpanKind.CLIENT]);
  assertEquals(span?.attributes, {
    ...SERVER_ATTRIBUTES,
    "db.operation.name": "EVALSHA",
    "error.type": "OOM",
  });
  const [took] = await sdk.points("db.client.operation.duration");
  assertEquals(took?.attributes, span?.attributes);
});

Deno.test("CommandTelemetry.observe() says where is published, but not to whom", async () => {
  await using sdk = new TelemetrySdk();
  const telemetry = new CommandTelemetry(SERVER);
  for (const channel of ["news", "ws:astrid"]) {
    const command = { name: "PUBLISH", channel };
    await telemetry.observe(command, () => Promise.resolve(1));
  }
  const common = {
    ...SERVER_ATTRIBUTES,
    "db.operation.name": "PUBLISH",
    "messaging.system": "redis",
    "messaging.operation.name": "publish",
    "messaging.operation.type": "send",
  };
  assertEquals(
    sdk.spans.map(({ name, kind, attributes }) => [name, kind, attributes]),
    [
      [
        "publish news",
        SpanKind.PRODUCER,
        { ...common, "messaging.destination.name": "news" },
      ],
      [
        "publish ws:{userId}",
        SpanKind.PRODUCER,
        { ...common, "messaging.destination.template": "ws:{userId}" },
      ],
    ],
  );
  const sent = await sdk.points("messaging.client.sent.messages");
  assertEquals(sent.map(({ value }) => value), [1, 1]);
});
