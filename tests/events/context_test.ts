// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { currentContext, withContext } from "../../events/mod.ts";

Deno.test("currentContext() is empty and frozen outside of any context", () => {
  assertEquals(currentContext(), {});
  assertEquals(Object.isFrozen(currentContext()), true);
});

Deno.test("withContext() returns what the function returns and ends with it", () => {
  assertEquals(
    withContext({ eventId: "e" }, () => currentContext().eventId),
    "e",
  );
  assertEquals(currentContext(), {});
  assertThrows(
    () =>
      withContext({ eventId: "e" }, () => {
        throw new Error("failed");
      }),
    Error,
    "failed",
  );
  assertEquals(currentContext(), {});
});

Deno.test("withContext() merges nested contexts and leaves the outer one alone", () => {
  withContext({ correlationId: "c", eventId: "outer", tenant: "t" }, () => {
    const outer = currentContext();
    withContext({ eventId: "inner", correlationId: undefined }, () => {
      assertEquals(currentContext(), {
        correlationId: "c",
        eventId: "inner",
        tenant: "t",
      });
    });
    assertStrictEquals(currentContext(), outer);
    assertEquals(outer.eventId, "outer");
  });
});

Deno.test("withContext() keeps a copy that nobody can change", () => {
  const fields = { correlationId: "c" };
  withContext(fields, () => {
    fields.correlationId = "changed";
    assertEquals(currentContext().correlationId, "c");
    assertThrows(() => {
      (currentContext() as { correlationId: string }).correlationId = "d";
    }, TypeError);
  });
});

Deno.test("withContext() takes __proto__ for a field like any other", () => {
  const fields = JSON.parse('{"__proto__":{"correlationId":"forged"}}');
  withContext(fields, () => {
    assertEquals(currentContext().correlationId, undefined);
  });
});

Deno.test("withContext() reaches timers and promises", async () => {
  const seen = await withContext({ correlationId: "c" }, async () => {
    await Promise.resolve();
    const inTimer = await nextTurn(() => currentContext().correlationId);
    return [inTimer, currentContext().correlationId];
  });
  assertEquals(seen, ["c", "c"]);
});

Deno.test("withContext() keeps 1,000 concurrent flows apart", async () => {
  const flow = (id: string): Promise<void> =>
    withContext({ correlationId: id }, async () => {
      for (let step = 0; step < 5; step++) {
        await nextTurn();
        assertEquals(currentContext(), { correlationId: id });
        await withContext({ eventId: `${id}.${step}` }, async () => {
          await Promise.resolve();
          assertEquals(currentContext(), {
            correlationId: id,
            eventId: `${id}.${step}`,
          });
        });
      }
    });
  const ids = Array.from({ length: 1_000 }, (_, index) => `c${index}`);
  await Promise.all(ids.map(flow));
  assertEquals(currentContext(), {});
});

/** Lets all other flows go on before this one does. */
function nextTurn<T>(read?: () => T): Promise<T | undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(read?.()), 0));
}
