// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { deterministicEventId } from "../../events/deterministic_event_id.ts";
import { EventError } from "../../events/event_error.ts";
import { formatIdempotencyKey } from "../../reliability/format_idempotency_key.ts";
import { hashEventId } from "../../reliability/hash_event_id.ts";
import { idempotencyKey } from "../../reliability/idempotency_key.ts";
import { idempotencyTtlMs } from "../../reliability/idempotency_ttl.ts";
import { envelopeWith } from "./_events.ts";
import { readVectors } from "./_vectors.ts";

const FILE = "idempotency_keys.json";

for (
  const { name, input, expected, error } of await readVectors<
    {
      readonly service_name: string;
      readonly event_type: string;
      readonly deterministic_hash: string;
      readonly key_prefix?: string;
    },
    { readonly key: string } | undefined
  >(FILE, /^generate_redis_key\//)
) {
  Deno.test(`formatIdempotencyKey() agrees with the recorded key: ${name}`, () => {
    const parts = {
      serviceName: input.service_name,
      eventType: input.event_type,
      hash: input.deterministic_hash,
      ...(input.key_prefix === undefined
        ? {}
        : { keyPrefix: input.key_prefix }),
    };
    if (error === undefined) {
      assertEquals(formatIdempotencyKey(parts), expected?.key);
      return;
    }
    assertThrows(
      () => formatIdempotencyKey(parts),
      TypeError,
      '"eventType" must be a text, received null',
    );
  });
}

for (
  const { name, input, expected } of await readVectors<
    {
      readonly event_type: string;
      readonly config?: {
        readonly default_ttl?: number;
        readonly event_type_ttls?: Readonly<Record<string, number>>;
      };
    },
    { readonly ttl_seconds: number }
  >(FILE, /^get_ttl\//)
) {
  Deno.test(`idempotencyTtlMs() agrees with the recorded time: ${name}`, () => {
    const { default_ttl, event_type_ttls } = input.config ?? {};
    const table = Object.entries(event_type_ttls ?? {})
      .map(([type, seconds]) => [type, seconds * 1_000]);
    const ttlMs = idempotencyTtlMs(input.event_type, {
      ...(default_ttl === undefined ? {} : { ttlMs: default_ttl * 1_000 }),
      ...(event_type_ttls === undefined
        ? {}
        : { eventTypeTtlsMs: Object.fromEntries(table) }),
    });
    assertEquals(ttlMs, expected.ttl_seconds * 1_000);
  });
}

Deno.test("idempotencyTtlMs() takes names of object members for event types", () => {
  assertEquals(idempotencyTtlMs("constructor"), 86_400_000);
  assertEquals(idempotencyTtlMs("__proto__", { ttlMs: 5 }), 5);
});

for (
  const { name, input, expected } of await readVectors<
    { readonly event_id: string },
    { readonly hash: string }
  >(FILE, /^header_hash\//)
) {
  Deno.test(`hashEventId() agrees with the recorded hash: ${name}`, () => {
    assertEquals(hashEventId(input.event_id), expected.hash);
  });
}

for (
  const { name, input, expected } of await readVectors<
    {
      readonly service_name: string;
      readonly headers: {
        readonly event_id: string;
        readonly event_type: string;
      };
    },
    { readonly redis_ops: ReadonlyArray<readonly [string, string]> }
  >(FILE, /^decorator\/(header_fast_path|headers_swedish)/)
) {
  Deno.test(`idempotencyKey() is the recorded key of a headed event: ${name}`, () => {
    const { event_id, event_type } = input.headers;
    const key = idempotencyKey(envelopeWith({ event_id, event_type }), {
      serviceName: input.service_name,
    });
    assertEquals(key, expected.redis_ops[0]?.[1]);
  });
}

Deno.test("idempotencyKey() depends on service, type and id alone", () => {
  const options = { serviceName: "grading" };
  fc.assert(fc.property(fc.jsonValue(), fc.string(), (data, text) => {
    const envelope = envelopeWith({ data, source_service: text });
    assertEquals(
      idempotencyKey(envelope, options),
      idempotencyKey(envelopeWith({}), options),
    );
  }));
  const key = idempotencyKey(envelopeWith({}), options);
  for (
    const [fields, service] of [
      [{ event_id: "other" }, "grading"],
      [{ event_type: "other" }, "grading"],
      [{}, "other"],
    ] as const
  ) {
    const other = { serviceName: service };
    assertNotEquals(idempotencyKey(envelopeWith(fields), other), key);
  }
});

Deno.test("idempotencyKey() falls back to the deterministic id without an event id", () => {
  const data = { essay_id: "å", big: 12345678901234567890n };
  const key = idempotencyKey(envelopeWith({ event_id: "", data }), {
    serviceName: "grading",
    keyPrefix: "p",
  });
  const hash = deterministicEventId(
    '{"data": {"essay_id": "\\u00e5", "big": 12345678901234567890}}',
  );
  assertEquals(key, `p:grading:huleedu_essay_created_v1:${hash}`);
});

Deno.test("idempotencyKey() refuses an event with neither id nor data", () => {
  const envelope = envelopeWith({ event_id: "", data: null });
  assertThrows(
    () => idempotencyKey(envelope, { serviceName: "grading" }),
    EventError,
    '"data" must not be null',
  );
});
