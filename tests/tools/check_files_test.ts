// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";
import { findFileBreaches } from "../../tools/check_files.ts";

const COPYRIGHT = "// Copyright 2026 the HuleEdu authors. MIT license.\n";

Deno.test("findFileBreaches() accepts 400 lines and no more", () => {
  const path = "tests/a_test.ts";
  const text = COPYRIGHT + "\n".repeat(399);
  assertEquals(findFileBreaches([{ path, text }]), []);
  assertEquals(findFileBreaches([{ path, text: `${text}x` }]), [
    "tests/a_test.ts has 401 lines, more than 400",
  ]);
});

Deno.test("findFileBreaches() lets no kind of file be longer but locks, which nobody reads", () => {
  const text = "\n".repeat(401);
  const paths = ["README.md", "tests/vectors/a.json"];
  assertEquals(findFileBreaches([{ path: "deno.lock", text }]), []);
  assertEquals(
    findFileBreaches(paths.map((path) => ({ path, text }))),
    paths.map((path) => `${path} has 401 lines, more than 400`),
  );
});

Deno.test("findFileBreaches() wants the copyright line first", () => {
  assertEquals(
    findFileBreaches([{ path: "tools/a.ts", text: `\n${COPYRIGHT}` }]),
    [`tools/a.ts does not start with "${COPYRIGHT.trim()}"`],
  );
});

Deno.test("findFileBreaches() wants snake_case", () => {
  assertEquals(
    findFileBreaches([{ path: "tools/aB.ts", text: COPYRIGHT }]),
    ["tools/aB.ts is not named in snake_case"],
  );
});

Deno.test("findFileBreaches() wants a mod.ts in each folder of a room", () => {
  const file = (path: string) => ({ path, text: COPYRIGHT });
  const files = [
    file("kafka/mod.ts"),
    file("kafka/a/b.ts"),
    file("bench/a.ts"),
  ];
  assertEquals(findFileBreaches(files), ["kafka/a/ has no mod.ts"]);
});
