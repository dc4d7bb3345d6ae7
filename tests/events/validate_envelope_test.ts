// Copyright 2026 the HuleEdu authors. MIT license.

import {
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  EnvelopeError,
  parseEnvelope,
  type StandardSchema,
  type StandardSchemaResult,
  validateEnvelope,
} from "../../events/mod.ts";
import { bodyWith } from "./_bodies.ts";

type Answer<T> = StandardSchemaResult<T> | Promise<StandardSchemaResult<T>>;

Deno.test("parseEnvelope() gives the data that the schema puts out", () => {
  const envelope = parseEnvelope(bodyWith({ data: '{"n":"5"}' }), {
    schema: schemaOf((value) => ({
      value: Number((value as { n: string }).n),
    })),
  });
  const data: number = envelope.data;
  assertEquals(data, 5);
  assertEquals(Object.keys(envelope)[7], "data");
});

Deno.test("parseEnvelope() tells where the schema refuses the data, and all it found", () => {
  const issues = [
    { message: "expected text", path: ["items", 0, { key: "a key" }] },
    { message: "too short" },
  ];
  const error = assertThrows(
    () => parseEnvelope(bodyWith({}), { schema: schemaOf(() => ({ issues })) }),
    EnvelopeError,
  );
  assertEquals(error.path, 'data.items[0]["a key"]');
  assertEquals(
    error.reason,
    "does not match the schema: expected text (and 1 more)",
  );
  assertStrictEquals(error.issues, issues);
});

Deno.test("parseEnvelope() points to validateEnvelope() when the schema is asynchronous", () => {
  for (
    const answer of [
      Promise.resolve({ value: 1 }),
      Promise.reject(new Error("late")),
    ]
  ) {
    const error = assertThrows(
      () => parseEnvelope(bodyWith({}), { schema: schemaOf(() => answer) }),
      EnvelopeError,
    );
    assertEquals(error.path, "data");
    assertEquals(error.reason.includes("await validateEnvelope()"), true);
  }
});

Deno.test("parseEnvelope() keeps the error of a schema that throws as the cause", () => {
  const cause = new Error("broken");
  const schema = schemaOf(() => {
    throw cause;
  });
  const error = assertThrows(
    () => parseEnvelope(bodyWith({}), { schema }),
    EnvelopeError,
  );
  assertEquals(error.path, "data");
  assertStrictEquals(error.cause, cause);
});

Deno.test("parseEnvelope() checks the envelope before it asks the schema", () => {
  let asked = 0;
  const schema = schemaOf((value) => {
    asked++;
    return { value };
  });
  assertThrows(
    () => parseEnvelope(bodyWith({ event_id: "1" }), { schema }),
    EnvelopeError,
  );
  assertEquals(asked, 0);
});

Deno.test("parseEnvelope() refuses a schema that is none", () => {
  for (const schema of [null, {}, { "~standard": {} }, "schema"]) {
    assertThrows(
      () =>
        parseEnvelope(bodyWith({}), {
          schema: schema as unknown as StandardSchema,
        }),
      TypeError,
      '"schema" must be a Standard Schema',
    );
  }
});

Deno.test("validateEnvelope() waits for the schema", async () => {
  const envelope = parseEnvelope(bodyWith({}));
  const double = schemaOf((value) =>
    Promise.resolve({ value: (value as { a: number }).a * 2 })
  );
  assertEquals(await validateEnvelope(envelope, double), {
    ...envelope,
    data: 2,
  });
  assertEquals(envelope.data, { a: 1 });
});

Deno.test("validateEnvelope() rejects with what the schema found", async () => {
  const envelope = parseEnvelope(bodyWith({}));
  const refuse = schemaOf(() =>
    Promise.resolve({ issues: [{ message: "no", path: ["a"] }] })
  );
  const refused = await assertRejects(
    () => validateEnvelope(envelope, refuse),
    EnvelopeError,
  );
  assertEquals(refused.path, "data.a");
  const cause = new Error("down");
  const fail = schemaOf(() => Promise.reject(cause));
  const failed = await assertRejects(
    () => validateEnvelope(envelope, fail),
    EnvelopeError,
  );
  assertStrictEquals(failed.cause, cause);
  const nothing = schemaOf(() => undefined as unknown as Answer<unknown>);
  const silent = await assertRejects(
    () => validateEnvelope(envelope, nothing),
    EnvelopeError,
  );
  assertEquals(
    silent.reason,
    "could not be validated: the schema gave no result",
  );
});

function schemaOf<T>(
  validate: (value: unknown) => Answer<T>,
): StandardSchema<T> {
  return { "~standard": { version: 1, vendor: "test", validate } };
}
