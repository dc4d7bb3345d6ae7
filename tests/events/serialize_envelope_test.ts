// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  createEnvelope,
  EnvelopeError,
  type EventEnvelope,
  parseEnvelope,
  serializeEnvelope,
} from "../../events/mod.ts";
import vectors from "../vectors/envelope.json" with { type: "json" };
import { bodyWith } from "./_bodies.ts";

interface Recorded {
  readonly name: string;
  readonly direction: string;
  readonly input: Partial<EventEnvelope>;
  readonly expected: {
    readonly model_dump_json: string;
    readonly kafka_wire: string;
  };
}

const writes = (vectors as unknown as readonly Recorded[])
  .filter(({ direction }) => direction === "write");

Deno.test("serializeEnvelope() writes what pydantic writes", () => {
  for (const { name, input, expected } of writes) {
    const wanted = JSON.parse(expected.model_dump_json) as EventEnvelope;
    // Where the input was made in Python, what it came to is the input here.
    const given = input.event_id === undefined ? wanted : {
      ...input,
      event_type: wanted.event_type,
      source_service: wanted.source_service,
      data: wanted.data,
    };
    assertEquals(
      serializeEnvelope(given as EventEnvelope),
      expected.model_dump_json,
      name,
    );
    assertEquals(
      serializeEnvelope(createEnvelope({
        eventId: given.event_id,
        eventType: wanted.event_type,
        timestamp: given.event_timestamp,
        sourceService: wanted.source_service,
        correlationId: given.correlation_id,
        data: given.data,
        metadata: given.metadata,
      })),
      expected.model_dump_json,
      `${name}, made`,
    );
  }
});

Deno.test("serializeEnvelope() writes again what it reads from the Kafka wire", () => {
  for (const { name, expected } of writes) {
    const envelope = parseEnvelope(expected.kafka_wire);
    assertEquals(serializeEnvelope(envelope), expected.model_dump_json, name);
  }
});

Deno.test("serializeEnvelope() writes the nine keys in their order and no other", () => {
  const envelope = parseEnvelope(bodyWith({}));
  const turned = Object.fromEntries(Object.entries(envelope).reverse());
  assertEquals(
    serializeEnvelope({ ...turned, extra: 1 } as unknown as EventEnvelope),
    bodyWith({}),
  );
});

Deno.test("serializeEnvelope() writes what parseEnvelope() reads back", () => {
  const envelopes = fc.record({
    eventId: fc.uuid(),
    eventType: fc.string({ minLength: 1, unit: "binary" }),
    timestamp: fc.date({
      min: new Date(0),
      max: new Date("9999-12-31"),
      noInvalidDate: true,
    }),
    sourceService: fc.string({ minLength: 1 }),
    schemaVersion: fc.maxSafeInteger(),
    correlationId: fc.uuid(),
    data: fc.jsonValue({ stringUnit: "binary" }),
    metadata: fc.option(fc.dictionary(fc.string(), fc.jsonValue())),
  });
  fc.assert(
    fc.property(envelopes, (options) => {
      const envelope = createEnvelope(options);
      const text = serializeEnvelope(envelope);
      assertEquals(serializeEnvelope(parseEnvelope(text)), text);
      assertEquals(
        parseEnvelope(new TextEncoder().encode(text)),
        JSON.parse(text),
      );
    }),
    { numRuns: 500 },
  );
});

Deno.test("serializeEnvelope() writes NaN and infinities as null, and leaves undefined members out", () => {
  const text = serializeEnvelope(eventOf({
    n: NaN,
    p: [Infinity, -Infinity],
    u: undefined,
  }));
  assertEquals(parseEnvelope(text).data, { n: null, p: [null, null] });
});

Deno.test("serializeEnvelope() obeys toJSON and writes class instances by their fields", () => {
  class Essay {
    readonly id = "e1";
    readonly at = new Date(0);
  }
  const shared = { a: 1 };
  const bare = Object.assign(Object.create(null), { x: 1 });
  const text = serializeEnvelope(eventOf([new Essay(), shared, shared, bare]));
  assertEquals(parseEnvelope(text).data, [
    { id: "e1", at: "1970-01-01T00:00:00.000Z" },
    { a: 1 },
    { a: 1 },
    { x: 1 },
  ]);
});

Deno.test("serializeEnvelope() names what has no JSON form, and where it stands", () => {
  const cycle: Record<string, unknown> = {};
  cycle["again"] = [cycle];
  const cases: ReadonlyArray<[data: unknown, path: string, reason: string]> = [
    [undefined, "data", "is missing"],
    [1n, "data", "has no JSON form: it is a bigint"],
    [() => 1, "data", "has no JSON form: it is a function"],
    [Symbol("s"), "data", "has no JSON form: it is a symbol"],
    [{ a: { b: 1n } }, "data.a.b", "has no JSON form: it is a bigint"],
    [{ f() {} }, "data.f", "has no JSON form: it is a function"],
    [[0, undefined], "data[1]", "has no JSON form: it is undefined"],
    [
      { "a key": [new Map()] },
      'data["a key"][0]',
      "has no JSON form: it is a Map",
    ],
    [new Set([1]), "data", "has no JSON form: it is a Set"],
    [{ e: new Error("x") }, "data.e", "has no JSON form: it is an Error"],
    [
      { b: new Uint8Array(2) },
      "data.b",
      "has no JSON form: it is a Uint8Array",
    ],
    [{ p: Promise.resolve() }, "data.p", "has no JSON form: it is a Promise"],
    [{ d: new Date(NaN) }, "data.d", "has no JSON form: it is a Date"],
    [cycle, "data.again[0]", "contains itself"],
    [
      deep(1_001),
      `data${"[0]".repeat(1_000)}`,
      "is nested deeper than 1000 levels",
    ],
    [{ t: "a\ud800" }, "data.t", "contains a lone surrogate"],
    [{ "\udc00": 1 }, "data", "has a key with a lone surrogate"],
  ];
  for (const [data, path, reason] of cases) {
    const error = assertThrows(
      () => serializeEnvelope(eventOf(data)),
      EnvelopeError,
    );
    assertEquals([error.path, error.reason], [path, reason]);
  }
});

Deno.test("serializeEnvelope() keeps the error of a getter that throws as the cause", () => {
  const cause = new Error("broken");
  const data = {
    inner: {
      get value(): never {
        throw cause;
      },
    },
  };
  const error = assertThrows(
    () => serializeEnvelope(eventOf(data)),
    EnvelopeError,
  );
  assertEquals(error.path, "data.inner");
  assertStrictEquals(error.cause, cause);
});

Deno.test("serializeEnvelope() checks the other fields as the reader does", () => {
  const cases: ReadonlyArray<[field: keyof EventEnvelope, value: unknown]> = [
    ["event_id", "e1"],
    ["event_id", undefined],
    ["event_type", 5],
    ["event_type", "a\ud800"],
    ["event_timestamp", new Date(0)],
    ["source_service", null],
    ["schema_version", NaN],
    ["correlation_id", "zzzzzzzz-zzzz-4zzz-8zzz-zzzzzzzzzzzz"],
    ["data_schema_uri", 1],
    ["metadata", []],
  ];
  for (const [field, value] of cases) {
    const envelope = { ...eventOf({}), [field]: value } as EventEnvelope;
    const error = assertThrows(
      () => serializeEnvelope(envelope),
      EnvelopeError,
    );
    assertEquals(error.path, field);
  }
  const metadata = { ...eventOf({}), metadata: { n: 1n } };
  assertEquals(
    assertThrows(() => serializeEnvelope(metadata), EnvelopeError).path,
    "metadata.n",
  );
});

function eventOf(data: unknown): EventEnvelope {
  return { ...parseEnvelope(bodyWith({})), data };
}

function deep(levels: number): unknown {
  let value: unknown[] = [];
  for (let level = 1; level < levels; level++) value = [value];
  return value;
}
