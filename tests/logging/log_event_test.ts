// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";
import { createEnvelope, withContext } from "../../events/mod.ts";
import { logEvent } from "../../logging/mod.ts";
import { capture } from "./_capture.ts";

Deno.test("logEvent() logs the ids of an event and none of its data", () => {
  const { logger, raw, last } = capture();
  const envelope = createEnvelope({
    eventType: "huleedu.essay.created.v1",
    sourceService: "uploads",
    data: { text: "private" },
  });
  withContext({ correlationId: "other", request_id: "r1" }, () => {
    logEvent(logger, "Accepted", envelope, { attempt: 2 });
  });

  assertEquals(last(), {
    level: "info",
    service: "essays",
    module: "essays",
    message: "Accepted",
    request_id: "r1",
    event_id: envelope.event_id,
    event_type: "huleedu.essay.created.v1",
    source_service: "uploads",
    correlation_id: envelope.correlation_id,
    attempt: 2,
  });
  assertEquals(raw[0]?.includes("private"), false);
});
