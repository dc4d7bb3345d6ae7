// Copyright 2026 the HuleEdu authors. MIT license.

import type { EventEnvelope } from "../events/envelope.ts";
import type { LogFields, Logger } from "../protocols.ts";

/**
 * Logs at info what happens to an event, with the event's `event_id`,
 * `event_type`, `source_service` and `correlation_id`. Of its data nothing is
 * logged.
 *
 * @param logger The logger.
 * @param message What happens to it.
 * @param envelope The event.
 * @param fields More fields.
 *
 * @example Accepting an event
 * ```ts
 * import { createServiceLogger, LineHandler, logEvent } from "@huleedu/service-libs/logging";
 * import { assertEquals } from "@std/assert";
 *
 * const lines: string[] = [];
 * const logger = createServiceLogger("essays", {
 *   handlers: [new LineHandler({ sink: (line) => lines.push(line) })],
 * });
 * logEvent(logger, "Accepted", {
 *   event_id: "11111111-1111-4111-8111-111111111111",
 *   event_type: "huleedu.essay.created.v1",
 *   event_timestamp: "2026-11-23T04:54:36.042344Z",
 *   source_service: "uploads",
 *   schema_version: 1,
 *   correlation_id: "22222222-2222-4222-8222-222222222222",
 *   data_schema_uri: null,
 *   data: {},
 *   metadata: null,
 * });
 * assertEquals(JSON.parse(lines[0]!).event_type, "huleedu.essay.created.v1");
 * ```
 */
export function logEvent(
  logger: Logger,
  message: string,
  envelope: EventEnvelope,
  fields?: LogFields,
): void {
  logger.info(message, {
    event_id: envelope.event_id,
    event_type: envelope.event_type,
    source_service: envelope.source_service,
    correlation_id: envelope.correlation_id,
    ...fields,
  });
}
