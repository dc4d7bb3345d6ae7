// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";

import { KafkaBus } from "@huleedu/service-libs/kafka";
import { committedOffsets, createPartitions } from "./_kafka_admin.ts";
import { Publishing } from "./_publishing.ts";
import { kafkaBootstrapServers, uniqueName } from "./_services.ts";

const EVENTS = 10;
const WORK_MS = 500;
/** As many as the service handles at once. */
const AT_WORK = 2;

Deno.test("KafkaConsumer.stop() on SIGTERM lets handlers finish, commits, and lets the process end", async () => {
  const bootstrapServers = kafkaBootstrapServers();
  const topic = uniqueName("sigterm");
  await createPartitions(bootstrapServers, topic, 1);
  {
    await using bus = await KafkaBus.connect({
      clientId: "faults",
      bootstrapServers,
    });
    const publishing = await Publishing.all(bus, topic, EVENTS);
    assertEquals(publishing.failures, []);
  }
  await using service = runScript([bootstrapServers, topic, String(WORK_MS)]);
  const report = await service.terminateAt(`begun ${AT_WORK}`);
  assertEquals(report, { drained: AT_WORK, abandoned: 0, uncommitted: 0 });
  assertEquals(await service.code, 0);
  assertEquals(
    await committedOffsets(bootstrapServers, topic, topic),
    [AT_WORK],
  );
});

interface Script extends AsyncDisposable {
  /** Its exit code. */
  readonly code: Promise<number>;
  /** Sends SIGTERM at a line; resolves with the report that it says last. */
  terminateAt(line: string): Promise<unknown>;
}

/** Runs the script that drains on SIGTERM. */
function runScript(args: readonly string[]): Script {
  const path = new URL("_scripts/drain_on_sigterm.ts", import.meta.url);
  const child = new Deno.Command("sh", {
    // The integration tests may run a shell, which becomes the script.
    args: [
      ...["-c", 'exec "$@"', "sh", Deno.execPath()],
      ...["run", "-A", "--no-lock", "--no-check", path.pathname, ...args],
    ],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  return {
    code: child.status.then(({ code }) => code),
    async terminateAt(line) {
      let text = "";
      let isTold = false;
      for await (
        const part of child.stdout.pipeThrough(new TextDecoderStream())
      ) {
        text += part;
        if (isTold || !text.includes(`${line}\n`)) continue;
        isTold = true;
        child.kill("SIGTERM");
      }
      return JSON.parse(text.trim().split("\n").at(-1)!);
    },
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await child.status;
    },
  };
}
