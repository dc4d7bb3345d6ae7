// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  correlationIdText,
  createEnvelope,
  EnvelopeError,
  extractCorrelationId,
  extractUserId,
} from "../../events/mod.ts";
import correlationVectors from "../vectors/extract_correlation_id.json" with {
  type: "json",
};
import userVectors from "../vectors/extract_user_id.json" with { type: "json" };
import { bytesOf, nested, type RecordedBody } from "./_bodies.ts";

interface RecordedUser {
  readonly name: string;
  readonly input: {
    readonly kind: string;
    readonly fields?: Record<string, unknown>;
    readonly value?: string;
  };
  readonly expected?: string | null;
}

interface RecordedCorrelation {
  readonly name: string;
  readonly function: string;
  readonly input: RecordedBody & { readonly value?: unknown };
  readonly expected?: string | null;
}

const users = userVectors as unknown as readonly RecordedUser[];
const correlations =
  correlationVectors as unknown as readonly RecordedCorrelation[];

Deno.test("extractUserId() finds what Python finds", () => {
  for (const { name, input, expected } of users) {
    if (expected === undefined) continue;
    // JavaScript has one 42, which Python spells with and without a fraction.
    const wanted = name === "float_integral_to_string" ? "42" : expected;
    const data = input.fields ?? input.value ?? null;
    assertEquals(extractUserId(data), wanted, name);
  }
});

Deno.test("extractUserId() reads class instances, their getters included", () => {
  class Essay {
    get owner_id(): string {
      return "u1";
    }
    user_id(): string {
      return "a method is no id";
    }
  }
  assertEquals(extractUserId(new Essay()), "u1");
});

Deno.test("extractUserId() spells values as Python does", () => {
  const spelled: ReadonlyArray<[value: unknown, text: string]> = [
    [true, "True"],
    [0.5, "0.5"],
    [1e-7, "1e-07"],
    [NaN, "nan"],
    [-Infinity, "-inf"],
    [12n, "12"],
    [[null, "it's", 'a "b"', `'"`], `[None, "it's", 'a "b"', '\\'"']`],
    [{ a: [1], "\n": "å\u00a0😀" }, "{'a': [1], '\\n': 'å\\xa0😀'}"],
    [["\u200b\u{e0001}"], "['\\u200b\\U000e0001']"],
  ];
  for (const [user_id, text] of spelled) {
    assertEquals(extractUserId({ user_id }), text);
  }
});

Deno.test("extractUserId() takes what Python calls false for not set", () => {
  for (const user_id of ["", 0, -0, 0n, false, null, undefined, [], {}]) {
    assertEquals(extractUserId({ user_id, owner_id: "o" }), "o");
    assertEquals(extractUserId({ user_id }), null);
  }
});

Deno.test("extractUserId() finds nobody in what is no object", () => {
  for (const data of [null, undefined, "user_id", 5, true, [], () => {}]) {
    assertEquals(extractUserId(data), null);
  }
});

Deno.test("extractUserId() names the field whose getter throws", () => {
  const cause = new Error("boom");
  const data = {
    get user_id(): never {
      throw cause;
    },
  };
  const error = assertThrows(() => extractUserId(data), EnvelopeError);
  assertEquals(error.path, "data.user_id");
  assertStrictEquals(error.cause, cause);
});

Deno.test("extractCorrelationId() finds what Python finds, and null where Python fails", () => {
  for (const { name, input, expected } of correlations) {
    if (!name.startsWith("extract_correlation_id_from_event/")) continue;
    const wanted = expected ?? null;
    assertEquals(extractCorrelationId(bytesOf(input)), wanted, name);
    if (input.utf8 === undefined) continue;
    assertEquals(extractCorrelationId(input.utf8), wanted, name);
  }
});

Deno.test("extractCorrelationId() reads envelopes", () => {
  const envelope = createEnvelope({
    eventType: "a.v1",
    sourceService: "s",
    data: null,
  });
  assertEquals(extractCorrelationId(envelope), envelope.correlation_id);
  assertEquals(extractCorrelationId({ correlation_id: 5 }), null);
  assertEquals(extractCorrelationId({}), null);
});

Deno.test("extractCorrelationId() never throws", () => {
  const trap = {
    get correlation_id(): never {
      throw new Error("boom");
    },
  };
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  for (const event of [trap, proxy, null, undefined, 5, nested(100_000)]) {
    assertEquals(extractCorrelationId(event), null);
  }
  fc.assert(fc.property(fc.anything(), (event) => {
    extractCorrelationId(event);
  }));
});

Deno.test("correlationIdText() spells ids as Python does", () => {
  for (const { name, input, expected } of correlations) {
    if (!name.startsWith("extract_correlation_id_as_string/")) continue;
    const value = input.value as { $uuid?: string } | null;
    const text = correlationIdText(value?.$uuid ?? value);
    assertEquals(text, expected, name);
  }
  assertEquals(correlationIdText(undefined), null);
});
