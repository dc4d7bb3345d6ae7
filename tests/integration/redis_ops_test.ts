// Copyright 2026 the HuleEdu authors. MIT license.

import { RedisClient } from "../../redis/mod.ts";
import { startRedis } from "../../tools/services/mod.ts";
import { checkVector, OPS_VECTORS } from "../redis/ops_vectors.ts";

Deno.test("RedisClient answers as Python did", async (t) => {
  const databases = ["--databases", String(OPS_VECTORS.length)];
  await using server = await startRedis({ args: databases });
  for (const [database, vector] of OPS_VECTORS.entries()) {
    await t.step(vector.name, async () => {
      await using redis = await RedisClient.connect({
        clientId: "t",
        url: `redis://127.0.0.1:${server.port}/${database}`,
      });
      // Nobody listens there.
      const unstarted = new RedisClient({
        clientId: "t",
        url: "redis://127.0.0.1:1",
      });
      await checkVector(vector, { redis, unstarted });
    });
  }
});
