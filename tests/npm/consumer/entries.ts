// Copyright 2026 the HuleEdu authors. MIT license.

// Imports every entry of the package and compares what it exports with what the
// Deno modules export, as `run.ts` recorded it in `exports.json`.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { runTests, test } from "./harness.ts";

const recorded: Record<string, string[]> = JSON.parse(
  await readFile("exports.json", "utf8"),
);

// In this order, from an entry that needs no client to those that need one.
const clients: ReadonlyArray<[entry: string, clients: string[]]> = [
  ["protocols", []],
  ["events", []],
  ["logging", []],
  ["reliability", []],
  ["redis", ["ioredis"]],
  ["kafka", ["ioredis", "kafkajs"]],
];

for (const [entry, expected] of clients) {
  test(`./${entry} loads no client that it does not need`, async () => {
    await import(`@huleedu/service-libs/${entry}`);
    // Both clients are CommonJS modules, which all runtimes list in one cache.
    const { cache } = createRequire(import.meta.url);
    const loaded = ["ioredis", "kafkajs"].filter((name) =>
      Object.keys(cache).some((path) => path.includes(`/${name}/`))
    );
    assert.deepEqual(loaded, expected);
  });
}

for (const [entry, names] of Object.entries(recorded)) {
  test(`${entry} exports what its Deno module exports`, async () => {
    const module = await import(entry.replace(".", "@huleedu/service-libs"));
    assert.deepEqual(Object.keys(module).sort(), names);
  });
}

await runTests();
