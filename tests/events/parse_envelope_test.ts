// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import {
  EnvelopeError,
  type EventEnvelope,
  parseEnvelope,
} from "../../events/mod.ts";
import vectors from "../vectors/envelope.json" with { type: "json" };
import { bodyWith, bytesOf, type RecordedBody } from "./_bodies.ts";

interface Recorded {
  readonly name: string;
  readonly direction: string;
  readonly input: RecordedBody;
  readonly expected?: {
    readonly envelope: EventEnvelope;
    readonly reserialized_kafka_wire: string | null;
  };
}

const reads = (vectors as unknown as readonly Recorded[])
  .filter(({ direction }) => direction === "read");

/** ISO 8601 text is kept where Python writes its milliseconds as microseconds. */
const KEPT: Readonly<Record<string, string>> = {
  "read/timestamp_millis": "2025-01-02T03:04:05.678Z",
  "read/timestamp_js_iso": "2025-01-02T03:04:05.000Z",
};

Deno.test("parseEnvelope() reads what the Python reader reads", () => {
  for (const { name, input, expected } of reads) {
    if (!expected || name === "read/only_required") continue;
    const kept = KEPT[name];
    const envelope = kept
      ? { ...expected.envelope, event_timestamp: kept }
      : expected.envelope;
    assertEquals(parseEnvelope(bytesOf(input)), envelope, name);
    assertEquals(parseEnvelope(input.utf8 ?? ""), envelope, name);
    assertEquals(
      parseEnvelope(expected.reserialized_kafka_wire ?? ""),
      expected.envelope,
      `${name} on the Kafka wire`,
    );
  }
});

Deno.test("parseEnvelope() refuses what the Python reader refuses", () => {
  const refused = reads.filter(({ expected }) => !expected);
  assertEquals(refused.length > 10, true);
  for (const { name, input } of refused) {
    for (const raw of [bytesOf(input), input.utf8 ?? ""]) {
      assertThrows(() => parseEnvelope(raw), EnvelopeError, "", name);
    }
  }
});

Deno.test("parseEnvelope() keeps the keys in the order of the wire", () => {
  const body =
    '{"metadata":{},"data":1,"extra":2,"source_service":"s","event_type":"t"}';
  assertEquals(Object.keys(parseEnvelope(body)), [
    "event_id",
    "event_type",
    "event_timestamp",
    "source_service",
    "schema_version",
    "correlation_id",
    "data_schema_uri",
    "data",
    "metadata",
  ]);
});

Deno.test("parseEnvelope() gives a body without ids the same ids each time", () => {
  const body =
    '{"event_type":"t","source_service":"s","data":{"b":1.0,"a":"å"}}';
  const envelope = parseEnvelope(body);
  assertEquals(envelope, {
    event_id: "20374975-b6c1-5eba-9c0a-a370b360122d",
    event_type: "t",
    event_timestamp: "1970-01-01T00:00:00Z",
    source_service: "s",
    schema_version: 1,
    correlation_id: "20374975-b6c1-5eba-9c0a-a370b360122d",
    data_schema_uri: null,
    data: { a: "å", b: 1 },
    metadata: null,
  });
  const turned =
    '{ "data": {"a": "\\u00e5", "b": 1.0}, "source_service": "s", "event_type": "t" }';
  assertEquals(parseEnvelope(turned), envelope);
});

Deno.test("parseEnvelope() makes up only the fields that are missing", () => {
  const id = "ABCDEF00-1111-4222-8333-444455556666";
  const lower = id.toLowerCase();
  const noCorrelation = parseEnvelope(
    bodyWith({ event_id: `"${id}"`, correlation_id: undefined }),
  );
  assertEquals(noCorrelation.correlation_id, lower);
  const noId = parseEnvelope(
    bodyWith({ event_id: undefined, correlation_id: `"${id}"` }),
  );
  assertEquals(noId.correlation_id, lower);
  assertMatch(noId.event_id, /^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[89ab]/);
  const noData = parseEnvelope(bodyWith({ event_id: undefined, data: "null" }));
  assertMatch(noData.event_id, /^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[89ab]/);
});

Deno.test("parseEnvelope() puts every accepted form of a UUID in order", () => {
  const id = "abcdef00-1111-4222-8333-444455556666";
  for (
    const form of [
      id.toUpperCase(),
      id.replaceAll("-", ""),
      id.replaceAll("-", "").toUpperCase(),
      `{${id}}`,
      `urn:uuid:${id}`,
    ]
  ) {
    const body = bodyWith({ event_id: `"${form}"` });
    assertEquals(parseEnvelope(body).event_id, id, form);
  }
});

Deno.test("parseEnvelope() takes NaN and infinities in the data, as Python does", () => {
  const body = bodyWith({
    data: '{"n":NaN,"p":[Infinity,-Infinity],"s":"NaN"}',
  });
  assertEquals(parseEnvelope(body).data, {
    n: NaN,
    p: [Infinity, -Infinity],
    s: "NaN",
  });
});

Deno.test("parseEnvelope() takes a schema version in every accepted form", () => {
  const forms = {
    '"2"': 2,
    '" +2 "': 2,
    '"1_000"': 1_000,
    '"2.00"': 2,
    "2.0": 2,
    "1e2": 100,
    true: 1,
    false: 0,
    "-0": 0,
    "-1": -1,
  };
  for (const [json, version] of Object.entries(forms)) {
    const body = bodyWith({ schema_version: json });
    assertEquals(parseEnvelope(body).schema_version, version, json);
  }
});

Deno.test("parseEnvelope() treats __proto__ as a key and pollutes nothing", () => {
  for (const extra of ["", ',"n":NaN']) {
    const body = bodyWith({
      data: `{"__proto__":{"polluted":true}${extra}}`,
    }).replace("{", '{"__proto__":{"event_type":"x","polluted":true},');
    const { data } = parseEnvelope<Record<string, unknown>>(body);
    assertEquals(data["polluted"], undefined);
    assertEquals(Object.keys(data)[0], "__proto__");
    assertEquals(({} as Record<string, unknown>)["polluted"], undefined);
  }
});

Deno.test("parseEnvelope() joins escaped surrogate pairs", () => {
  const body = bodyWith({ data: '"\\ud83d\\ude00 \\\\ud800 😀"' });
  assertEquals(parseEnvelope(body).data, "😀 \\ud800 😀");
});
