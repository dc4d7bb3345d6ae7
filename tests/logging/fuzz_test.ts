// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { withContext } from "../../events/mod.ts";
import { nameKind } from "../../logging/_secret_names.ts";
import { capture, type Line, parseLine } from "./_capture.ts";
import { fuzz } from "./_fuzz.ts";

const SECRET = "hunter2-" + "s3cr3t".repeat(3);

const text = fc.string({ unit: "binary", maxLength: 40 });

/** Values of every kind, nested, some with keys that mean something. */
const { value: anything } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.anything({
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withNullPrototype: true,
      withObjectString: true,
      withSparseArray: true,
      withTypedArray: true,
      withUnicodeString: true,
    }),
    text,
    text.map((description) => Symbol(description)),
    text.map((message) => new Error(message, { cause: message })),
    fc.constant(() => {}),
    fc.constant(new Date(NaN)),
    fc.array(tie("value"), { maxLength: 3 }).map(looped),
    tie("value").map((inner) => ({ toJSON: () => inner })),
    tie("value").map((inner) => new Proxy([inner], {})),
    tie("value").map((inner) => throwing(inner)),
    fc.dictionary(text, tie("value"), { maxKeys: 3 }),
  ),
}));

/** A list that contains itself. */
function looped(list: unknown[]): unknown[] {
  list.push(list);
  return list;
}

/** An object with a getter that throws its value. */
function throwing(inner: unknown): object {
  return {
    inner,
    get bad() {
      throw inner;
    },
  };
}

const key = fc.oneof(
  text,
  fc.constantFrom("message", "level", "service", "timestamp", "error", "a"),
);
const fields = fc.dictionary(key, anything, { maxKeys: 4 });

Deno.test("Logger.info() writes one valid line for whatever is logged", () => {
  fc.assert(
    fc.property(text, fields, fields, fields, (message, a, b, c) => {
      const { logger, raw } = capture();
      withContext(a, () => logger.child(b).info(message, c));
      assertEquals(raw.length, 1);
      const names = Object.keys(parseLine(raw[0]!));
      assertEquals(names.filter((name) => !/^\d+$/.test(name)).slice(0, 5), [
        "timestamp",
        "level",
        "service",
        "module",
        "message",
      ]);
    }),
    { numRuns: 1_000 },
  );
});

/** Tells whether a name in JSON data is that of a secret, such as `Cvv`. */
function hasSecretName(value: unknown): boolean {
  let isFound = false;
  JSON.stringify(value, (name, inner) => {
    isFound ||= nameKind(name) !== "other";
    return inner;
  });
  return isFound;
}

Deno.test("Logger.info() shows JSON data as it is", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      fc.pre(!hasSecretName(value));
      const { logger, lines } = capture();
      logger.info("Value", { value });
      // JSON itself knows no negative zero.
      assertEquals(lines()[0]!["value"], JSON.parse(JSON.stringify(value)));
    }),
    // One seed: among many thousands, a text at random does look like a secret.
    { numRuns: 500, seed: 2026 },
  );
});

/** A secret where one is expected: under a name, or inside a text. */
const planted = fc.oneof(
  fc.tuple(
    fc.constantFrom(
      ...["password", "DB_PASSWORD", "clientSecret", "x-api-key", "Set-Cookie"],
      ...["Authorization", "access_token", "token", "passwd", "privateKey"],
    ),
    fc.constantFrom<unknown>(SECRET, [SECRET], { a: { b: SECRET } }),
  ).chain(([name, value]) =>
    fc.constantFrom<unknown>({ [name]: value }, new Map([[name, value]]))
  ),
  fc.constantFrom(
    ...[`redis://app:${SECRET}@cache:6379/0`, `Bearer ${SECRET}`],
    ...[`https://h/?a=1&token=${SECRET}`, `{"password":"${SECRET}"}`],
    ...[`Authorization: Basic ${SECRET}`, `Password=${SECRET};Server=db`],
  ),
);

/** Puts a value somewhere: in lists, objects, errors, maps, sets, causes. */
function wrapped(inner: unknown, wrappers: readonly number[]): unknown {
  return wrappers.reduce((value: unknown, wrapper) => {
    if (wrapper === 0) return [1, value];
    if (wrapper === 1) return { note: value };
    if (wrapper === 2) return new Map([["note", value]]);
    if (wrapper === 3) return new Set([value]);
    if (wrapper === 4) return new Error("outer", { cause: value });
    return { toJSON: () => value };
  }, inner);
}

Deno.test("Logger.info() shows no planted secret, wherever it is", () => {
  const wrappers = fc.array(fc.nat({ max: 5 }), { maxLength: 5 });
  fc.assert(
    fc.property(planted, wrappers, text, (secret, nest, message) => {
      const { logger, raw, lines } = capture();
      const value = wrapped(secret, nest);
      withContext({ value }, () => logger.info("a"));
      logger.child({ value }).info("b");
      logger.info(typeof secret === "string" ? secret : message, { value });
      for (const line of raw) assert(!line.includes(SECRET), line);
      assertEquals(lines().map((line: Line) => "value" in line), [
        true,
        true,
        true,
      ]);
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("Logger.info() writes 20,000 valid lines without a secret for random values", () => {
  fuzz(20_000, 1);
});
