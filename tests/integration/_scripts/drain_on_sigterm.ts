// Copyright 2026 the HuleEdu authors. MIT license.

// A service that drains when it is told to end. Its arguments: bootstrap
// servers, topic (and group), how long a handler works in milliseconds. It says
// "ready", "begun <n>" at the nth event, and at last its report.

import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";

import { KafkaConsumer } from "../../../kafka/mod.ts";

async function main(
  bootstrapServers: string,
  topic: string,
  workMs: number,
): Promise<void> {
  const consumer = new KafkaConsumer({
    clientId: "sigterm",
    groupId: topic,
    bootstrapServers,
    topics: [topic],
    fromBeginning: true,
    concurrency: 2,
  });
  let begun = 0;
  consumer.on(topic, async () => {
    say(`begun ${++begun}`);
    await delay(workMs);
  });
  process.once("SIGTERM", async () => {
    say(JSON.stringify(await consumer.stop()));
  });
  await consumer.start();
  say("ready");
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const [servers, topic, workMs] = process.argv.slice(2);
await main(servers!, topic!, Number(workMs));
