// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { main } from "../../examples/essay_desk/main.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Neither a real server nor a port of the one who runs the tests. */
const NO_SERVERS = { KAFKA_BOOTSTRAP_SERVERS: "", REDIS_URL: "", PORT: "0" };

function demo(...args: string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["task", "demo", ...args],
    cwd: ROOT,
    env: { ...NO_SERVERS, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

Deno.test("deno task demo --once plays the scenario on the doubles", async () => {
  const { code, stdout, stderr } = await demo("--once").output();
  const printed = new TextDecoder().decode(stdout);
  assertEquals(code, 0, printed + new TextDecoder().decode(stderr));
  for (const user of ["astrid", "benjamin", "cecilia"]) {
    assertMatch(
      printed,
      new RegExp(`${user} submitted \\S+ and was told:\\n +\\d+ words`),
    );
  }
  assertMatch(
    printed,
    /submitted 4, analysed 3, duplicates 1, told 3, set aside 1\n/,
  );
  assertMatch(printed, /submitted\.v1\.dlq: one record, malformed\n/);
});

Deno.test("deno task demo --once --verbose shows JSON lines on stderr", async () => {
  const { code, stdout, stderr } = await demo("--once", "--verbose").output();
  assertEquals(code, 0);
  const lines = new TextDecoder().decode(stderr).split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
  const services = new Set(lines.map(({ service }) => service));
  for (const name of ["essay_desk", "essay_analyser", "essay_gateway"]) {
    assert(services.has(name), `${name} has logged nothing`);
  }
  assert(!new TextDecoder().decode(stdout).includes("{"));
});

Deno.test("deno task demo returns 2 when called wrongly", async () => {
  const { code, stderr } = await demo("--twice").output();
  assertEquals(code, 2);
  assertMatch(new TextDecoder().decode(stderr), /"--twice"[^]*Usage:/);
});

Deno.test({
  name: "main() stops in order on SIGTERM and returns 0",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const printed: string[] = [];
    const { promise: started, resolve } = Promise.withResolvers<void>();
    const output = {
      print: (line: string) => {
        printed.push(line);
        resolve();
      },
      note: () => {},
    };
    const exit = main([], { PORT: "0" }, output);
    await started;
    Deno.kill(Deno.pid, "SIGTERM");
    assertEquals(await exit, 0);
    assertMatch(printed[0]!, /^Essay desk is at http:\/\/127\.0\.0\.1:\d+, /);
    assertEquals(printed.at(-1), "Stopped.");
  },
});
