// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  type ServiceName,
  SERVICES,
  startEssayDesk,
} from "../../examples/essay_desk/essay_desk.ts";
import { LogBook } from "../../examples/essay_desk/log_book.ts";
import { playOnce } from "../../examples/essay_desk/play_once.ts";
import { ServerBackbone } from "../../examples/essay_desk/server_backbone.ts";
import { UserPage } from "../../examples/essay_desk/user_page.ts";
import { kafkaBootstrapServers, redisUrl, uniqueName } from "./_services.ts";

function backbone(): ServerBackbone {
  return new ServerBackbone({
    KAFKA_BOOTSTRAP_SERVERS: kafkaBootstrapServers(),
    REDIS_URL: redisUrl(),
  });
}

Deno.test("playOnce() passes on Kafka and Redis, and again on the same topics", async () => {
  for (const run of ["first", "second"]) {
    const printed: string[] = [];
    const write = (line: string) => void printed.push(line);
    const code = await playOnce({
      backbone: backbone(),
      output: { print: write, note: write },
    });
    const all = printed.join("\n");
    assertEquals(code, 0, `${run} run:\n${all}`);
    assertStringIncludes(
      all,
      "submitted 4, analysed 3, duplicates 1, told 3, set aside 1",
    );
  }
});

Deno.test("startEssayDesk() runs as three services that share servers only", async () => {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), 60_000);
  await using stack = new AsyncDisposableStack();
  stack.defer(() => clearTimeout(timer));
  const log = new LogBook();
  const start = async (service: ServiceName) => {
    const options = { backbone: backbone(), port: 0, services: [service] };
    const logHandlers = log.handlers;
    return stack.use(await startEssayDesk({ ...options, logHandlers }));
  };
  const [desk, analyser, gateway] = await Promise.all(SERVICES.map(start));
  assertEquals(analyser?.url, undefined);

  const user = uniqueName("a").slice(0, 40);
  const page = stack.use(
    await UserPage.open(
      { desk: desk!.url!, gateway: gateway!.url! },
      user,
      giveUp.signal,
    ),
  );
  const receipt = await page.submit("Nobody came.", crypto.randomUUID());
  await page.until("essay_analysed", 1, giveUp.signal);
  const [told] = page.told("essay_analysed");
  assertEquals(told?.data.correlation_id, receipt.correlation_id);
  assertEquals(
    log.story(receipt.correlation_id).map(({ service }) => service),
    ["essay_desk", "essay_analyser", "essay_gateway"],
  );
});
