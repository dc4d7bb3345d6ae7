// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertMatch } from "@std/assert";
import { contextFromHeaders } from "../../events/mod.ts";
import vectors from "../vectors/correlation_context.json" with {
  type: "json",
};

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";
const UUID = "22222222-2222-4222-8222-22222222222a";

for (const { name, input, expected } of vectors) {
  Deno.test(`contextFromHeaders() reads a correlation id as recorded: ${name}`, () => {
    const context = contextFromHeaders(
      { "x-correlation-id": input.header_X_Correlation_ID ?? undefined },
      { correlationId: input.query_correlation_id },
    );
    const { correlationId, originalCorrelationId } = context;
    if (expected.source === "generated") {
      assertMatch(String(correlationId), /^[\da-f]{8}-[\da-f]{4}-4/);
      assertEquals(originalCorrelationId, undefined);
      return;
    }
    assertEquals(correlationId, expected.uuid);
    assertEquals(originalCorrelationId ?? correlationId, expected.original);
  });
}

Deno.test("contextFromHeaders() prefers the header and takes an empty one for none", () => {
  const options = { correlationId: UUID.replace("a", "b") };
  const headers = new Headers({ "X-Correlation-ID": UUID });
  assertEquals(contextFromHeaders(headers, options).correlationId, UUID);
  assertEquals(
    contextFromHeaders({ "x-correlation-id": "" }, options),
    options,
  );
});

Deno.test("contextFromHeaders() keeps no correlation id of any length", () => {
  const context = contextFromHeaders({ "x-correlation-id": "x".repeat(9_999) });
  assertEquals(Object.keys(context), ["correlationId"]);
});

Deno.test("contextFromHeaders() reads a valid traceparent", () => {
  const valid = [
    `00-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-00`,
    ` 00-${TRACE}-${SPAN}-01\t`,
    `cc-${TRACE}-${SPAN}-01`,
    `cc-${TRACE}-${SPAN}-01-what-the-future-will-be-like`,
  ];
  for (const traceparent of valid) {
    const { traceId, spanId } = contextFromHeaders({ traceparent });
    assertEquals([traceId, spanId], [TRACE, SPAN], traceparent);
  }
});

Deno.test("contextFromHeaders() leaves out a traceparent that is not valid", () => {
  const invalid = [
    "",
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE}-${SPAN}-01-`,
    `cc-${TRACE}-${SPAN}-01.more`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${"0".repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${"0".repeat(16)}-01`,
    `00-${TRACE.slice(1)}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-0x`,
    `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
  ];
  for (const traceparent of invalid) {
    const context = contextFromHeaders({ traceparent });
    assertEquals(Object.keys(context), ["correlationId"], traceparent);
  }
  const twice = [`00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-01`];
  assertEquals("traceId" in contextFromHeaders({ traceparent: twice }), false);
});
