// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals } from "@std/assert";
import * as events from "../../events/mod.ts";

Deno.test("events/mod.ts exports exactly its public symbols", () => {
  assertEquals(Object.keys(events).sort(), [
    "EnvelopeError",
    "EventError",
    "JsonValueError",
    "UnknownEventTypeError",
    "contextFromHeaders",
    "correlationIdText",
    "createEnvelope",
    "createTopicRegistry",
    "currentContext",
    "deterministicEventId",
    "extractCorrelationId",
    "extractUserId",
    "parseEnvelope",
    "serializeEnvelope",
    "topicName",
    "validateEnvelope",
    "withContext",
  ]);
});
