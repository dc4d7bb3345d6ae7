// Copyright 2026 the HuleEdu authors. MIT license.

// What the tests of this repository rely on in packages that have a stand-in.
// The real packages and the stand-ins both have to pass.

import {
  assertEquals,
  AssertionError,
  assertObjectMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  assertSpyCall,
  assertSpyCalls,
  resolvesNext,
  returnsNext,
  spy,
  stub,
} from "@std/testing/mock";
import { FakeTime } from "@std/testing/time";

Deno.test("stand-ins have the names and versions that deno.json asks for", async () => {
  const { imports } = JSON.parse(await Deno.readTextFile("deno.json"));
  const asked = new Set<string>();
  for (const specifier of Object.values<string>(imports)) {
    const match = /^jsr:(@[^@]+)@\^([\d.]+)/.exec(specifier);
    if (match) asked.add(`${match[1]} ${match[2]}`);
  }
  const found = new Set<string>();
  for await (const { name, isDirectory } of Deno.readDir("tools/offline")) {
    if (!isDirectory) continue;
    const manifest = await Deno.readTextFile(`tools/offline/${name}/deno.json`);
    const { name: packageName, version } = JSON.parse(manifest);
    found.add(`${packageName} ${version}`);
  }
  assertEquals(found, asked);
});

Deno.test("assertEquals() compares by content and shows the difference", () => {
  assertEquals(new Map([["a", new Set([1])]]), new Map([["a", new Set([1])]]));
  assertEquals(Object.create(null), {});
  assertEquals(NaN, NaN);
  assertThrows(() => assertEquals<unknown>({ a: undefined }, {}));
  assertThrows(() => assertEquals<unknown>([1], { 0: 1, length: 1 }));
  const error = assertThrows(
    () => assertEquals({ a: 1, b: 2 }, { a: 1, b: 3 }, "the note"),
    AssertionError,
    "the note",
  );
  assertStringIncludes(error.message, "b: 2");
  assertStringIncludes(error.message, "b: 3");
});

Deno.test("assertObjectMatch() compares the named part at every depth", () => {
  const actual = { a: { b: 1, c: 2 }, d: [{ e: 1, f: 2 }] };
  assertObjectMatch(actual, { a: { b: 1 }, d: [{ e: 1 }] });
  assertThrows(() => assertObjectMatch(actual, { a: { b: 2 } }));
});

Deno.test("assertThrows() and assertRejects() hand the error over", async () => {
  const error = new TypeError("wrong kind");
  const thrown = assertThrows(
    () => {
      throw error;
    },
    TypeError,
    "kind",
  );
  assertStrictEquals(thrown, error);
  assertStrictEquals(
    await assertRejects(() => Promise.reject(error), TypeError),
    error,
  );
  assertThrows(() => assertThrows(() => {}), AssertionError);
  await assertRejects(
    () => assertRejects(() => Promise.reject(error), RangeError),
    AssertionError,
  );
});

Deno.test("FakeTime moves the clock and fires what is due, in order", () => {
  using time = new FakeTime(1_000);
  const fired: string[] = [];
  setTimeout(() => fired.push(`late ${Date.now()}`), 20);
  setTimeout(() => fired.push(`early ${Date.now()}`), 10);
  const ticking = setInterval(() => fired.push(`tick ${Date.now()}`), 15);
  clearTimeout(setTimeout(() => fired.push("never"), 1));
  time.tick(20);
  assertEquals(fired, ["early 1010", "tick 1015", "late 1020"]);
  assertEquals(new Date().getTime(), 1_020);
  assertEquals(time.next(), true);
  assertEquals(time.now, 1_030);
  clearInterval(ticking);
  assertEquals(time.next(), false);
});

Deno.test("FakeTime.tickAsync() lets pending promises run first", async () => {
  using time = new FakeTime();
  let done = false;
  const work = (async () => {
    await Promise.resolve();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    done = true;
  })();
  await time.tickAsync(1_000);
  await work;
  assertEquals(done, true);
});

Deno.test("FakeTime puts the real time back", () => {
  const real = [Date, setTimeout, setInterval];
  new FakeTime(0).restore();
  {
    using _time = new FakeTime(0);
    assertThrows(() => new FakeTime());
  }
  assertEquals([Date, setTimeout, setInterval], real);
});

Deno.test("spy() and stub() record calls and put the method back", async () => {
  const target = { add: (a: number, b: number) => a + b };
  {
    using add = spy(target, "add");
    assertEquals(target.add(1, 2), 3);
    assertSpyCalls(add, 1);
    assertSpyCall(add, 0, { args: [1, 2], returned: 3 });
    assertThrows(() => assertSpyCalls(add, 2), AssertionError);
  }
  {
    using _add = stub(target, "add", returnsNext([7, new Error("spent")]));
    assertEquals(target.add(1, 2), 7);
    assertThrows(() => target.add(1, 2), Error, "spent");
  }
  assertEquals(target.add(1, 2), 3);
  const next = spy(resolvesNext<number>([1, new Error("no more")]));
  assertEquals(await next(), 1);
  await assertRejects(() => next(), Error, "no more");
});
