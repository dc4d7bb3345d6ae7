// Copyright 2026 the HuleEdu authors. MIT license.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { assert, assertEquals } from "@std/assert";
import { OtlpReceiver, type OtlpSpan } from "./_otlp_receiver.ts";
import { kafkaBootstrapServers, redisUrl } from "./_services.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SUBMITTED = "huleedu.essay.submitted.v1";
const ANALYSED = "huleedu.essay.analysed.v1";

Deno.test("OTEL_DENO exports a submission as one trace, from the request to the notification", async () => {
  await using receiver = new OtlpReceiver();
  const { success, stdout, stderr } = await playExample(receiver.url);
  const decoder = new TextDecoder();
  assert(success, decoder.decode(stdout) + decoder.decode(stderr));

  // Each submission is a trace, which begins with a page that exports nothing.
  const told = receiver.spans.find(({ name }) =>
    name === "publish ws:{userId}"
  );
  const all = receiver.spans.filter(({ traceId }) => traceId === told?.traceId);
  assertEquals(pathTo(told, all).map(({ name }) => name), [
    "POST",
    `send ${SUBMITTED}`,
    `process ${SUBMITTED}`,
    `send ${ANALYSED}`,
    `process ${ANALYSED}`,
    "publish ws:{userId}",
  ]);
  assert(all.some(({ name }) => name === "SET"));
  for (
    const name of [
      "messaging.client.sent.messages",
      "messaging.client.consumed.messages",
      "messaging.process.duration",
      "db.client.operation.duration",
      "huleedu.consume.dead_letters",
      "huleedu.consume.duplicates",
    ]
  ) {
    assert(receiver.metrics.has(name), `${name}: ${[...receiver.metrics]}`);
  }
});

/** Plays the example through in a Deno that exports what it is told. */
function playExample(endpoint: string): Promise<Deno.CommandOutput> {
  const config = existsSync(`${ROOT}/deno.offline.json`)
    ? "deno.offline.json"
    : "deno.json";
  return new Deno.Command("sh", {
    // The integration tests may run a shell, which becomes Deno.
    args: [
      ...["-c", 'exec "$@"', "sh", Deno.execPath()],
      ...["run", "-q", "-A", "--no-check", "--config", config],
      ...["examples/essay_desk/main.ts", "--once"],
    ],
    cwd: ROOT,
    env: {
      KAFKA_BOOTSTRAP_SERVERS: kafkaBootstrapServers(),
      REDIS_URL: redisUrl(),
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    },
  }).output();
}

/** A span after all that it follows from. */
function pathTo(
  span: OtlpSpan | undefined,
  all: readonly OtlpSpan[],
): OtlpSpan[] {
  if (span === undefined) return [];
  const parent = all.find(({ spanId }) => spanId === span.parentSpanId);
  return [...pathTo(parent, all), span];
}
