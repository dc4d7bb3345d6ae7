// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { EnvelopeError, parseEnvelope } from "../../events/mod.ts";
import { bodyWith, nested } from "./_bodies.ts";

Deno.test("parseEnvelope() names the field that is wrong and the kind of its value", () => {
  const cases: ReadonlyArray<
    [field: string, json: string | undefined, reason: string]
  > = [
    ["event_id", "null", "must be a UUID, received null"],
    ["event_id", '"e1"', "must be a UUID, received a string"],
    ["event_id", '""', "must be a UUID, received a string"],
    ["event_id", "[]", "must be a UUID, received an array"],
    ["event_type", undefined, "is missing"],
    ["event_type", "7", "must be a string, received a number"],
    [
      "event_timestamp",
      "null",
      "must be an ISO 8601 date and time, received null",
    ],
    [
      "event_timestamp",
      '"today"',
      "must be an ISO 8601 date and time, received a string",
    ],
    [
      "event_timestamp",
      "true",
      "must be an ISO 8601 date and time, received a boolean",
    ],
    ["source_service", undefined, "is missing"],
    ["source_service", "{}", "must be a string, received an object"],
    [
      "schema_version",
      "2.5",
      "must be an integer below 2^53, received a number",
    ],
    ["schema_version", "null", "must be an integer below 2^53, received null"],
    [
      "schema_version",
      '"two"',
      "must be an integer below 2^53, received a string",
    ],
    [
      "schema_version",
      "9007199254740993",
      "must be an integer below 2^53, received a number",
    ],
    ["schema_version", "NaN", "must be an integer below 2^53, received NaN"],
    ["correlation_id", "null", "must be a UUID, received null"],
    ["correlation_id", "1", "must be a UUID, received a number"],
    ["data_schema_uri", "1", "must be a string or null, received a number"],
    ["data", undefined, "is missing"],
    ["metadata", "[]", "must be an object or null, received an array"],
    ["metadata", '"m"', "must be an object or null, received a string"],
    ["data.t", undefined, "contains a lone surrogate"],
  ];
  for (const [path, json, reason] of cases) {
    const body = path === "data.t"
      ? bodyWith({ data: '{"t":"\\ud800"}' })
      : bodyWith({ [path]: json });
    const error = assertThrows(() => parseEnvelope(body), EnvelopeError);
    assertEquals([error.path, error.reason], [path, reason]);
    assertEquals(error.message, `Invalid event: "${path}" ${reason}`);
  }
});

Deno.test("parseEnvelope() survives bodies that are no JSON object", () => {
  const cases: ReadonlyArray<[raw: unknown, reason: string]> = [
    ["", "is not JSON: expecting a value at character 0"],
    [
      "{bad",
      "is not JSON: expecting a property name in double quotes at character 1",
    ],
    ['{"a":1', "is not JSON: expecting a comma at character 6"],
    ['{"a":"\n"}', "is not JSON: invalid control character at character 6"],
    ['{"a":"', "is not JSON: unterminated string at character 6"],
    ['{"a":"\\x"}', "is not JSON: invalid escape at character 7"],
    ["{} {}", "is not JSON: extra data at character 3"],
    ["\ufeff{}", "is not JSON: expecting a value at character 0"],
    ["null", "must be an object, received null"],
    ["[]", "must be an object, received an array"],
    ["5", "must be an object, received a number"],
    ["NaN", "must be an object, received a number"],
    ['"t"', "must be an object, received a string"],
    [null, "must be text or bytes, received null"],
    [undefined, "must be text or bytes, received undefined"],
    [{}, "must be text or bytes, received an object"],
    [5, "must be text or bytes, received a number"],
    [new Uint8Array([0x22, 0xe5, 0x22]), "is not UTF-8"],
    [new Uint8Array([0xff, 0xfe, 0x7b, 0]), "is not UTF-8"],
    ['"\ud800"', "must be an object, received a string"],
    [bodyWith({ data: '"\ud800"' }), "contains a lone surrogate"],
  ];
  for (const [raw, reason] of cases) {
    const error = assertThrows(
      () => parseEnvelope(raw as string),
      EnvelopeError,
      "",
      reason,
    );
    assertEquals([error.path, error.reason], ["", reason]);
    assertEquals(error.message, `Invalid event: the body ${reason}`);
  }
});

Deno.test("parseEnvelope() reads 999 levels of data and refuses more", () => {
  assertEquals(
    JSON.stringify(parseEnvelope(bodyWith({ data: nested(999) })).data),
    nested(999),
  );
  for (const depth of [1_000, 10_000, 100_000]) {
    for (
      const data of [nested(depth), "[".repeat(depth), '{"a":'.repeat(depth)]
    ) {
      const error = assertThrows(
        () => parseEnvelope(bodyWith({ data })),
        EnvelopeError,
      );
      assertEquals(error.reason, "is nested deeper than 1000 levels");
    }
  }
});

Deno.test("parseEnvelope() counts no brackets within strings", () => {
  const text = '[{"\\'.repeat(2_000);
  const body = bodyWith({ data: JSON.stringify(text) });
  assertEquals(parseEnvelope(body).data, text);
});

Deno.test("parseEnvelope() reads bodies up to maxBytes and refuses larger ones", () => {
  const body = bodyWith({ data: '"ååå"' });
  const bytes = new TextEncoder().encode(body);
  for (const raw of [body, bytes]) {
    assertEquals(parseEnvelope(raw, { maxBytes: bytes.length }).data, "ååå");
    const error = assertThrows(
      () => parseEnvelope(raw, { maxBytes: bytes.length - 1 }),
      EnvelopeError,
    );
    assertEquals(error.path, "");
    assertEquals(
      error.reason,
      `must not be larger than ${
        bytes.length - 1
      } bytes, received ${bytes.length}`,
    );
  }
});

Deno.test("parseEnvelope() takes a mebibyte by default", () => {
  const room = 1_048_576 - bodyWith({ data: '""' }).length;
  const full = bodyWith({ data: `"${"x".repeat(room)}"` });
  assertEquals(parseEnvelope<string>(full).data.length, room);
  assertThrows(() => parseEnvelope(`${full} `), EnvelopeError);
});

Deno.test("parseEnvelope() refuses a limit that is none", () => {
  for (const maxBytes of [0, -1, NaN]) {
    assertThrows(
      () => parseEnvelope("{}", { maxBytes }),
      RangeError,
      `"maxBytes" must be positive, received ${maxBytes}`,
    );
  }
});

Deno.test("parseEnvelope() throws nothing but its own error, whatever the bytes", () => {
  const noise = fc.oneof(
    fc.uint8Array(),
    fc.string({ unit: "binary" }),
    fc.json(),
    fc.tuple(fc.nat(400), fc.string({ maxLength: 2 })).map(([at, text]) => {
      const body = bodyWith({});
      return body.slice(0, at) + text + body.slice(at + 1);
    }),
  );
  fc.assert(
    fc.property(noise, (raw) => {
      try {
        parseEnvelope(raw);
      } catch (error) {
        assert(error instanceof EnvelopeError);
      }
    }),
    { numRuns: 1_000 },
  );
});
