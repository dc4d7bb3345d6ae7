// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { deterministicEventId, EnvelopeError } from "../../events/mod.ts";
import vectors from "../vectors/deterministic_event_id.json" with {
  type: "json",
};
import { bodyWith, bytesOf, nested, type RecordedBody } from "./_bodies.ts";

interface Recorded {
  readonly name: string;
  readonly input: RecordedBody;
  readonly expected?: { readonly id: string };
}

const recorded = vectors as readonly Recorded[];

Deno.test("deterministicEventId() gives the ids that Python gives", () => {
  for (const { name, input, expected } of recorded) {
    if (expected === undefined) continue;
    assertEquals(deterministicEventId(bytesOf(input)), expected.id, name);
  }
});

Deno.test("deterministicEventId() refuses what Python refuses, with one type of error", () => {
  const refused = recorded.filter(({ expected }) => expected === undefined);
  assertEquals(refused.length > 10, true);
  for (const { name, input } of refused) {
    assertThrows(
      () => deterministicEventId(bytesOf(input)),
      EnvelopeError,
      "",
      name,
    );
  }
});

Deno.test("deterministicEventId() takes text for its UTF-8", () => {
  for (const { name, input, expected } of recorded) {
    if (input.utf8 === undefined || expected === undefined) continue;
    assertEquals(deterministicEventId(input.utf8), expected.id, name);
  }
  const id = deterministicEventId('{"data":{}}');
  assertEquals(deterministicEventId('\ufeff{"data":{}}'), id);
});

Deno.test("deterministicEventId() looks at neither key order nor spacing", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.uuid(), (value, event_id) => {
      const data = { value };
      const id = deterministicEventId(JSON.stringify({ event_id, data }));
      const turned = JSON.stringify(
        { data: reversed(data), event_id },
        null,
        3,
      );
      assertEquals(deterministicEventId(turned), id);
    }),
  );
});

Deno.test("deterministicEventId() tells events apart by id and data only", () => {
  const id = deterministicEventId(bodyWith({}));
  assertEquals(deterministicEventId(bodyWith({ source_service: "5" })), id);
  assertNotEquals(deterministicEventId(bodyWith({ data: "{}" })), id);
  assertNotEquals(deterministicEventId(bodyWith({ event_id: '"b"' })), id);
});

Deno.test("deterministicEventId() sorts keys by code point", () => {
  const sorted = '{"data":{"\uffff":1,"😀":2}}';
  const byUnits = '{"data":{"😀":2,"\uffff":1}}';
  assertEquals(deterministicEventId(sorted), deterministicEventId(byUnits));
  assertEquals(
    deterministicEventId(sorted),
    "bbf2181746efc73f47c5b6ee0379db8b0396876feeedb488fe4e9a01e2b05821",
  );
});

Deno.test("deterministicEventId() takes an integer of 4,300 digits and no more", () => {
  assertEquals(
    deterministicEventId(`{"data":${"9".repeat(4_300)}}`).length,
    64,
  );
  assertEquals(
    deterministicEventId(`{"data":-${"9".repeat(4_300)}}`).length,
    64,
  );
  assertEquals(
    deterministicEventId(`{"data":${"9".repeat(4_301)}.0}`).length,
    64,
  );
  const error = assertThrows(
    () => deterministicEventId(`{"data":${"9".repeat(4_301)}}`),
    EnvelopeError,
  );
  assertEquals(error.reason, "has an integer of more than 4300 digits");
});

Deno.test("deterministicEventId() takes nesting up to a limit and never overflows the stack", () => {
  assertEquals(deterministicEventId(`{"data":${nested(999)}}`).length, 64);
  for (const depth of [1_000, 10_000, 200_000]) {
    for (
      const json of [nested(depth), "[".repeat(depth), '{"a":'.repeat(depth)]
    ) {
      const error = assertThrows(
        () => deterministicEventId(`{"data":${json}}`),
        EnvelopeError,
      );
      assertEquals(error.reason, "is nested deeper than 1000 levels");
    }
  }
});

Deno.test("deterministicEventId() tells the place of a mistake and shows nothing of the body", () => {
  const error = assertThrows(
    () => deterministicEventId('{"data": "secret" "secret"}'),
    EnvelopeError,
  );
  assertEquals(error.path, "");
  assertEquals(error.reason, "is not JSON: expecting a comma at character 18");
  assertEquals(error.message.includes("secret"), false);
});

Deno.test("deterministicEventId() says that data is missing", () => {
  const missing = assertThrows(() => deterministicEventId("{}"), EnvelopeError);
  assertEquals([missing.path, missing.reason], ["data", "is missing"]);
  const empty = assertThrows(
    () => deterministicEventId('{"data":null}'),
    EnvelopeError,
  );
  assertEquals([empty.path, empty.reason], ["data", "must not be null"]);
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).reverse().map(([key, item]) => [key, reversed(item)]),
  );
}
