// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { ServiceError, startRedis } from "../../tools/services/mod.ts";

async function command(port: number, line: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(`${line}\r\n`));
  const buffer = new Uint8Array(512);
  const length = await connection.read(buffer);
  return new TextDecoder().decode(buffer.subarray(0, length ?? 0)).trim();
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

Deno.test("startRedis() starts a server that is ready, and removes it", async () => {
  let port: number;
  let folder: string;
  {
    await using redis = await startRedis({ args: ["--maxclients", "77"] });
    ({ port, folder } = redis);
    assertEquals(
      (await command(port, "CONFIG GET maxclients")).split("\r\n").at(-1),
      "77",
    );
    assert(await exists(folder));
  }
  assertEquals(await exists(folder), false);
  await assertRejects(() => command(port, "PING"));
});

Deno.test("startRedis() reads a config file and waits past NOAUTH", async () => {
  await using redis = await startRedis({ config: "requirepass hidden\n" });
  assert((await command(redis.port, "PING")).startsWith("-NOAUTH"));
});

Deno.test("RunningServer.restart() keeps the port after a kill", async () => {
  await using redis = await startRedis();
  const { pid, port } = redis;
  await redis.kill("SIGKILL");
  await assertRejects(() => command(port, "PING"));
  await redis.restart();
  assertEquals(redis.port, port);
  assert(redis.pid !== pid);
  assertEquals(await command(port, "PING"), "+PONG");
});

Deno.test("RunningServer disposes a server that is stopped by a signal", async () => {
  await using redis = await startRedis();
  await redis.kill("SIGSTOP");
});

Deno.test("startRedis() names the port that is in use", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  await assertRejects(
    () => startRedis({ port }),
    ServiceError,
    `Redis cannot have port ${port}: it is in use`,
  );
});

Deno.test("startRedis() shows the log of a server that ends at once", async () => {
  await assertRejects(
    () => startRedis({ config: "no-such-directive yes\n" }),
    ServiceError,
    "no-such-directive",
  );
});
