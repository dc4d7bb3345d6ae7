// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";
import { countTests } from "../../tools/count_tests.ts";

Deno.test("countTests() adds Deno's result lines up", () => {
  const output = `
a ... ok (1ms)
ok | 12 passed (3 steps) | 0 failed (20ms)
FAILED | 1 passed | 2 failed (1 step) (1m2s)
`;
  assertEquals(countTests(1, output), { passed: 13, failed: 2 });
});

Deno.test("countTests() reads the plain line of our own scripts", () => {
  assertEquals(countTests(0, "ok a\n2 passed, 0 failed\n"), {
    passed: 2,
    failed: 0,
  });
  assertEquals(countTests(1, "npm: 3 passed, 1 failed\n"), {
    passed: 3,
    failed: 1,
  });
});

Deno.test("countTests() counts an ignored test as failed", () => {
  assertEquals(
    countTests(0, "ok | 1 passed | 0 failed (2 steps) | 3 ignored (20ms)\n"),
    { passed: 1, failed: 3 },
  );
});

Deno.test("countTests() counts a bad end as a failure", () => {
  assertEquals(countTests(1, "error: Type checking failed"), {
    passed: 0,
    failed: 1,
  });
  assertEquals(countTests(1, "ok | 2 passed | 0 failed (1ms)\n"), {
    passed: 2,
    failed: 1,
  });
});

Deno.test("countTests() counts a run of nothing as a failure", () => {
  assertEquals(countTests(0, "ok | 0 passed | 0 failed (1ms)\n"), {
    passed: 0,
    failed: 1,
  });
});
