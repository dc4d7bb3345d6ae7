// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { EnvelopeError, parseEnvelope } from "../../events/mod.ts";
import { bodyWith } from "./_bodies.ts";

Deno.test("parseEnvelope() keeps an ISO 8601 time as the text it is", () => {
  for (
    const text of [
      "2025-01-02T03:04:05Z",
      "2025-01-02T03:04:05.678901Z",
      "2025-01-02T03:04:05.678Z",
      "2025-01-02T03:04:05.000Z",
      "2025-01-02T03:04:05+01:30",
      "2025-01-02T03:04:05.5-05:00",
      "2024-02-29T23:59:59Z",
      "2025-01-31T00:00:00Z",
      "0001-01-01T00:00:00Z",
      "9999-12-31T23:59:59.999999Z",
    ]
  ) assertEquals(read(`"${text}"`), text);
});

Deno.test("parseEnvelope() puts other accepted forms of a time in order", () => {
  const forms = {
    '"2025-01-02T03:04:05+00:00"': "2025-01-02T03:04:05Z",
    '"2025-01-02T03:04:05.5-00:00"': "2025-01-02T03:04:05.5Z",
    '"2025-01-02t03:04:05z"': "2025-01-02T03:04:05Z",
    '"2025-01-02 03:04:05.678Z"': "2025-01-02T03:04:05.678000Z",
    '"2025-01-02_03:04:05,5Z"': "2025-01-02T03:04:05.500000Z",
    '"2025-01-02T03:04:05+0100"': "2025-01-02T03:04:05+01:00",
    '"2025-01-02T03:04:05\u22120130"': "2025-01-02T03:04:05-01:30",
    '"2025-01-02T03:04:05.123456789Z"': "2025-01-02T03:04:05.123456Z",
    '"2025-01-02T03:04:05.0000009Z"': "2025-01-02T03:04:05Z",
    '"2025-01-02T03:04Z"': "2025-01-02T03:04:00Z",
    '"2025-01-02T03:04:05"': "2025-01-02T03:04:05",
    '"2025-01-02 03:04"': "2025-01-02T03:04:00",
    '"2025-01-02"': "2025-01-02T00:00:00",
    '"1735787045"': "2025-01-02T03:04:05Z",
    '"+1735787045.5"': "2025-01-02T03:04:05.500000Z",
    '"1735787045123"': "2025-01-02T03:04:05.123000Z",
    "1735787045": "2025-01-02T03:04:05Z",
    "1735787045.1234567": "2025-01-02T03:04:05.123457Z",
    "1735787045.9999999": "2025-01-02T03:04:06Z",
    "1735787045123": "2025-01-02T03:04:05.123000Z",
    "1735787045123.4567": "2025-01-02T03:04:05.123457Z",
    "20000000000": "2603-10-11T11:33:20Z",
    "20000000001": "1970-08-20T11:33:20.001000Z",
    "-1.5": "1969-12-31T23:59:58.500000Z",
    "0": "1970-01-01T00:00:00Z",
    "253402300799999": "9999-12-31T23:59:59.999000Z",
  };
  for (const [json, text] of Object.entries(forms)) {
    assertEquals(read(json), text, json);
  }
});

Deno.test("parseEnvelope() refuses times that are not", () => {
  for (
    const json of [
      '"2025-01-02T23:59:60Z"',
      '"2025-01-02T24:00:00Z"',
      '"2025-01-02T23:60:00Z"',
      '"2025-02-29T00:00:00Z"',
      '"1900-02-29T00:00:00Z"',
      '"2025-04-31T00:00:00Z"',
      '"2025-13-01T00:00:00Z"',
      '"2025-00-01T00:00:00Z"',
      '"2025-01-00T00:00:00Z"',
      '"0000-01-01T00:00:00Z"',
      '"2025-01-02T03:04:05+24:00"',
      '"2025-01-02T03:04:05+01:60"',
      '"2025-01-02T03:04:05+01"',
      '"2025-01-02T03:04:05.Z"',
      '"2025-01-02T03Z"',
      '"2025-01-02Z"',
      '"2025-1-2T03:04:05Z"',
      '"20250102T030405Z"',
      '" 2025-01-02T03:04:05Z"',
      '"2025-01-02T03:04:05Z\\n"',
      '"1e9"',
      '"."',
      '""',
      "253402300800000",
      "1e300",
      "NaN",
      "Infinity",
      "{}",
    ]
  ) {
    const error = assertThrows(() => read(json), EnvelopeError, "", json);
    assertEquals(error.path, "event_timestamp", json);
  }
});

Deno.test("parseEnvelope() reads numbers of milliseconds as Date does", () => {
  const milliseconds = fc.integer({
    min: 20_000_000_001,
    max: 4_102_444_800_000,
  });
  fc.assert(
    fc.property(milliseconds, (ms) => {
      assertEquals(Date.parse(read(String(ms))), ms);
    }),
  );
});

Deno.test("parseEnvelope() keeps whatever Date writes", () => {
  const dates = fc.date({
    min: new Date("0001-01-01T00:00:00Z"),
    max: new Date("9999-12-31T23:59:59.999Z"),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(dates, (date) => {
      const text = date.toISOString();
      assertEquals(read(JSON.stringify(text)), text);
    }),
  );
});

function read(json: string): string {
  return parseEnvelope(bodyWith({ event_timestamp: json })).event_timestamp;
}
