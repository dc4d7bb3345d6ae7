// Copyright 2026 the HuleEdu authors. MIT license.

import {
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { FakeTime } from "@std/testing/time";
import {
  createEnvelope,
  type CreateEnvelopeOptions,
  EnvelopeError,
  withContext,
} from "../../events/mod.ts";

const UUID_V4 =
  /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const BASE = {
  eventType: "huleedu.essay.created.v1",
  sourceService: "essays",
  data: { essay_id: "e1" },
};

Deno.test("createEnvelope() fills in what is not said", () => {
  using _time = new FakeTime(Date.parse("2025-01-02T03:04:05.678Z"));
  const envelope = createEnvelope(BASE);
  assertEquals(envelope, {
    event_id: envelope.event_id,
    event_type: "huleedu.essay.created.v1",
    event_timestamp: "2025-01-02T03:04:05.678Z",
    source_service: "essays",
    schema_version: 1,
    correlation_id: envelope.correlation_id,
    data_schema_uri: null,
    data: { essay_id: "e1" },
    metadata: null,
  });
  assertMatch(envelope.event_id, UUID_V4);
  assertMatch(envelope.correlation_id, UUID_V4);
  assertNotEquals(envelope.event_id, envelope.correlation_id);
  assertNotEquals(createEnvelope(BASE).event_id, envelope.event_id);
});

Deno.test("createEnvelope() takes what is said, in the order of the wire", () => {
  const envelope = createEnvelope({
    metadata: { partition_key: "p" },
    dataSchemaUri: "https://example.com/essay.json",
    schemaVersion: 2,
    timestamp: "2025-01-02T03:04:05.678901+00:00",
    eventId: "ABCDEF00-1111-4222-8333-444455556666",
    correlationId: "22222222222242228222222222222222",
    ...BASE,
  });
  assertEquals(Object.entries(envelope), [
    ["event_id", "abcdef00-1111-4222-8333-444455556666"],
    ["event_type", "huleedu.essay.created.v1"],
    ["event_timestamp", "2025-01-02T03:04:05.678901Z"],
    ["source_service", "essays"],
    ["schema_version", 2],
    ["correlation_id", "22222222-2222-4222-8222-222222222222"],
    ["data_schema_uri", "https://example.com/essay.json"],
    ["data", { essay_id: "e1" }],
    ["metadata", { partition_key: "p" }],
  ]);
});

Deno.test("createEnvelope() writes a Date as UTC", () => {
  const timestamp = new Date("2025-01-02T03:04:05+02:00");
  assertEquals(
    createEnvelope({ ...BASE, timestamp }).event_timestamp,
    "2025-01-02T01:04:05.000Z",
  );
});

Deno.test("createEnvelope() takes the correlation id of the current context", () => {
  const correlationId = "ABCDEF00-1111-4222-8333-444455556666";
  const other = "22222222-2222-4222-8222-222222222222";
  withContext({ correlationId }, () => {
    assertEquals(
      createEnvelope(BASE).correlation_id,
      correlationId.toLowerCase(),
    );
    assertEquals(
      createEnvelope({ ...BASE, correlationId: other }).correlation_id,
      other,
    );
  });
  withContext({ correlationId: "request 7" }, () => {
    assertMatch(createEnvelope(BASE).correlation_id, UUID_V4);
  });
});

Deno.test("createEnvelope() names the field of an option that is wrong", () => {
  const cases: ReadonlyArray<[options: unknown, path: string, reason: string]> =
    [
      [{ eventType: "" }, "event_type", "must not be empty"],
      [{ eventType: undefined }, "event_type", "is missing"],
      [{ eventType: 5 }, "event_type", "must be a string, received a number"],
      [{ sourceService: "" }, "source_service", "must not be empty"],
      [
        { sourceService: null },
        "source_service",
        "must be a string, received null",
      ],
      [{ data: undefined }, "data", "is missing"],
      [{ eventId: "e1" }, "event_id", "must be a UUID, received a string"],
      [{ eventId: null }, "event_id", "must be a UUID, received null"],
      [
        { correlationId: "" },
        "correlation_id",
        "must be a UUID, received a string",
      ],
      [
        { timestamp: "today" },
        "event_timestamp",
        "must be an ISO 8601 date and time, received a string",
      ],
      [
        { timestamp: new Date(NaN) },
        "event_timestamp",
        "must be an ISO 8601 date and time, received an invalid Date",
      ],
      [
        { schemaVersion: 1.5 },
        "schema_version",
        "must be an integer below 2^53, received a number",
      ],
      [
        { dataSchemaUri: 5 },
        "data_schema_uri",
        "must be a string or null, received a number",
      ],
      [
        { metadata: [] },
        "metadata",
        "must be an object or null, received an array",
      ],
    ];
  for (const [options, path, reason] of cases) {
    const error = assertThrows(
      () =>
        createEnvelope(
          { ...BASE, ...options as object } as CreateEnvelopeOptions<unknown>,
        ),
      EnvelopeError,
    );
    assertEquals([error.path, error.reason], [path, reason]);
  }
});
