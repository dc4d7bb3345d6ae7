// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertEquals } from "@std/assert";

import { KafkaBus } from "@huleedu/service-libs/kafka";
import {
  type RunningServer,
  startKafkaCluster,
} from "../../tools/services/mod.ts";
import { note } from "../../tools/terminal.ts";
import { Consuming } from "./_consuming.ts";
import { FAST_RESTART } from "./_kafka_faults.ts";
import { coordinatorOf, createPartitions, inSync } from "./_kafka_admin.ts";
import { Publishing } from "./_publishing.ts";

Deno.test("KafkaBus and KafkaConsumer go on when one broker of three is killed, and when one hangs", async () => {
  await using cluster = await startKafkaCluster({ properties: FAST_RESTART });
  const { bootstrapServers, nodes } = cluster;
  const topic = "cluster";
  await createPartitions(bootstrapServers, topic, 6);
  const server = {
    clientId: "faults",
    bootstrapServers,
    requestTimeoutMs: 3_000,
  };
  const consuming = new Consuming();
  await using consumer = await consuming.join({ ...server, topic });
  await using bus = await KafkaBus.connect(server);
  await using publishing = new Publishing(bus, topic).begin();
  await consuming.more(500);

  for (const signal of ["SIGKILL", "SIGSTOP"] as const) {
    const id = await coordinatorOf(bootstrapServers, topic);
    const node = nodes[id - 1]!;
    await node.kill(signal);
    const killedAt = performance.now();
    // Every partition has to have found a new leader for that.
    await publishing.settled(publishing.called + 200);
    const published = performance.now() - killedAt;
    await consuming.all([...publishing.acknowledged]);
    const consumed = performance.now() - killedAt;
    // The node itself would tell, once it is back, how things were before.
    const others = addressesOf(nodes.filter((each) => each !== node));
    assert(await coordinatorOf(others, topic) !== id);
    note(
      `${signal} of one of three: all published after ${
        Math.round(published)
      }` +
        ` ms, all handled after ${Math.round(consumed)} ms`,
    );
    if (signal === "SIGKILL") await node.restart();
    else await node.kill("SIGCONT");
    await inSync(others, topic, nodes.length);
  }

  await publishing.finish();
  await consuming.all(publishing.acknowledged);
  await consumer.stop();
  const { failed, ...counts } = await publishing.check(bootstrapServers);
  assertEquals(failed, 0);
  await consuming.check(bootstrapServers, topic);
  const { duplicates: handledAgain } = consuming;
  note(`cluster: ${JSON.stringify({ ...counts, handledAgain })}`);
});

function addressesOf(nodes: readonly RunningServer[]): string {
  return nodes.map(({ port }) => `127.0.0.1:${port}`).join();
}
