// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  type Env,
  readCommandLine,
  UsageError,
} from "../../examples/essay_desk/command_line.ts";
import { main } from "../../examples/essay_desk/main.ts";

const SERVERS = {
  KAFKA_BOOTSTRAP_SERVERS: "localhost:9092",
  REDIS_URL: "redis://localhost:6379",
};

Deno.test("readCommandLine() runs everything in memory by default", () => {
  assertEquals(readCommandLine([], {}), {
    mode: "serve",
    verbose: false,
    services: ["desk", "analyser", "gateway"],
    hasServers: false,
    port: 8000,
    gatewayUrl: undefined,
  });
});

Deno.test("readCommandLine() runs one service on servers", () => {
  const { services, port, gatewayUrl } = readCommandLine(
    ["--service", "desk"],
    SERVERS,
  );
  assertEquals(services, ["desk"]);
  assertEquals([port, gatewayUrl], [8000, "ws://127.0.0.1:8001/ws"]);
  assertEquals(readCommandLine(["--service=gateway"], SERVERS).port, 8001);
  const env = { ...SERVERS, PORT: "7000" };
  assertEquals(readCommandLine(["--service=gateway"], env).port, 7000);
});

Deno.test("readCommandLine() says what makes no sense", () => {
  const wrong: Array<readonly [args: string[], env: Env, message: string]> = [
    [["--twice"], {}, '"--twice"'],
    [["--verbose"], {}, "--once"],
    [["--service"], SERVERS, "desk, analyser, gateway"],
    [["--service", "clerk"], SERVERS, "desk, analyser, gateway"],
    [["--service", "desk"], {}, "KAFKA_BOOTSTRAP_SERVERS and REDIS_URL"],
    [["--once", "--service=desk"], SERVERS, "--service"],
    [
      [],
      { REDIS_URL: SERVERS.REDIS_URL },
      "KAFKA_BOOTSTRAP_SERVERS is not set",
    ],
    [[], { PORT: "http" }, "PORT"],
    [[], { PORT: "65536" }, "PORT"],
    [
      ["--service=desk"],
      { ...SERVERS, GATEWAY_URL: 'ws://a/"' },
      "GATEWAY_URL",
    ],
  ];
  for (const [args, env, message] of wrong) {
    assertThrows(() => readCommandLine(args, env), UsageError, message);
  }
});

Deno.test("main() prints the usage and returns 2 when called wrongly", async () => {
  const printed: string[] = [];
  const noted: string[] = [];
  const output = {
    print: (line: string) => void printed.push(line),
    note: (line: string) => void noted.push(line),
  };
  assertEquals(await main(["--twice"], {}, output), 2);
  assertStringIncludes(noted.join("\n"), "Usage:");
  assertEquals(printed, []);
  assertEquals(await main(["--help"], {}, output), 0);
  assertStringIncludes(printed.join("\n"), "Usage:");
});

Deno.test("main() names the variable that no client can be made of, and returns 2", async () => {
  const wrong: ReadonlyArray<readonly [env: Env, message: string]> = [
    [{ KAFKA_BOOTSTRAP_SERVERS: "nonsense" }, "In KAFKA_…: "],
    [{ KAFKA_SASL_MECHANISM: "magic" }, "KAFKA_SASL_MECHANISM"],
    [{ REDIS_URL: "http://localhost" }, "In REDIS_…: "],
    [{ REDIS_COMMAND_TIMEOUT_MS: "-1" }, "REDIS_COMMAND_TIMEOUT_MS"],
  ];
  for (const [env, message] of wrong) {
    for (const args of [[], ["--once"]]) {
      const noted: string[] = [];
      const output = {
        print: () => {},
        note: (line: string) => void noted.push(line),
      };
      assertEquals(await main(args, { ...SERVERS, ...env }, output), 2);
      assertStringIncludes(noted.join("\n").split("\n")[0]!, message);
    }
  }
});
