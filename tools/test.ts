// Copyright 2026 the HuleEdu authors. MIT license.

import { tmpdir } from "node:os";
import { printSummary, runSteps, type Step, sumUp } from "./_report.ts";
import { runDeno } from "./_run.ts";
import { CHECKS, checkStep, testDeno, type Workshop } from "./_steps.ts";
import { countTests } from "./count_tests.ts";
import {
  kafkaAddresses,
  redisAddress,
  requireChromium,
  type Services,
  startServices,
} from "./services/mod.ts";
import { note, print } from "./terminal.ts";

/**
 * Runs every check and test there is, on a Kafka and a Redis that are started
 * for it unless the environment names some. The last line is the verdict.
 *
 * @param workshop Where, and with which config.
 * @returns The exit code.
 */
export async function testEverything(workshop: Workshop): Promise<number> {
  const results = await runSteps(
    CHECKS.map((name) => checkStep(name, workshop)),
  );
  await using stack = new AsyncDisposableStack();
  let services: Services | undefined;
  results.push(
    ...await runSteps([{
      name: "services",
      run: async () => {
        services = stack.use(await startServices());
        return { passed: 1, failed: 0 };
      },
    }]),
  );
  if (services) {
    results.push(...await runSteps(stepsOnServices(workshop, services)));
  } else {
    note("Without them there is no integration test to run.");
  }
  printSummary(results);
  const { passed, failed } = sumUp(results);
  print(`\n${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

function stepsOnServices(workshop: Workshop, services: Services): Step[] {
  const env = { ...services.env };
  const { root, config } = workshop;
  return [
    {
      name: "integration",
      run: () =>
        testDeno(workshop, [
          "-P=integration",
          // Flags replace what the set says of net and write.
          `--allow-net=${hostsOf(env).join(",")}`,
          `--allow-write=${tmpdir()}`,
          "tests/integration",
        ], env),
    },
    {
      name: "npm",
      run: async () => {
        const { code, output } = await runDeno(
          ["run", "-A", "--config", config, "tests/npm/run.ts"],
          { cwd: root, env },
        );
        return countTests(code, output);
      },
    },
    {
      name: "examples",
      run: async () => {
        const CHROMIUM_PATH = await requireChromium(note);
        const folders = ["tests/examples", "tests/browser"];
        return await testDeno(workshop, ["-A", ...folders], {
          ...env,
          CHROMIUM_PATH,
        });
      },
    },
  ];
}

/** Loopback, and whatever else the environment names. */
function hostsOf(env: Services["env"]): string[] {
  const named = [
    ...kafkaAddresses(env.KAFKA_BOOTSTRAP_SERVERS),
    redisAddress(env.REDIS_URL),
  ];
  const hosts = named.map(({ hostname }) => hostname);
  return [...new Set(["127.0.0.1", "localhost", ...hosts])];
}
