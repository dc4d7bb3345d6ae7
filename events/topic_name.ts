// Copyright 2026 the HuleEdu authors. MIT license.

import { EventError } from "./event_error.ts";
import { kindOf } from "./_kind.ts";
import { isVersionedTopic } from "./_topic.ts";
import type { TopicRegistry } from "./topic_registry.ts";

const LONGEST_SHOWN = 100;

/**
 * No topic is known for an event type.
 *
 * @example Naming the type
 * ```ts
 * import { topicName, UnknownEventTypeError } from "@huleedu/service-libs/events";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(() => topicName("essay.lost"), UnknownEventTypeError);
 * assertEquals(error.eventType, "essay.lost");
 * ```
 */
export class UnknownEventTypeError extends EventError {
  /** The name of the class, for logs. */
  override name = "UnknownEventTypeError";
  /** What was asked for; a string, unless the caller had none. */
  readonly eventType: unknown;
  /** The event types of the registry that was asked. */
  readonly knownEventTypes: readonly string[];

  /**
   * Makes the error.
   *
   * @param eventType What was asked for.
   * @param knownEventTypes The event types of the registry that was asked.
   */
  constructor(eventType: unknown, knownEventTypes: readonly string[] = []) {
    const asked = typeof eventType === "string"
      ? JSON.stringify(eventType.slice(0, LONGEST_SHOWN))
      : kindOf(eventType);
    super(
      `Unknown event type: ${asked} is neither a full topic name, dotted and ending in ".v1" or the like, nor among the ${knownEventTypes.length} registered event types`,
    );
    this.eventType = eventType;
    this.knownEventTypes = knownEventTypes;
  }
}

/**
 * The topic that events of a type are published on. A registered type has the
 * topic of its registration; else a full topic name is its own topic, since
 * `event_type` of an envelope holds the topic.
 *
 * @param eventType A full topic name (dotted, ending in `.v` and digits, legal
 * for Kafka), or the short name of a registered event type.
 * @param registry Where short names are looked up.
 * @returns The topic.
 * @throws {UnknownEventTypeError} If it is neither.
 *
 * @example A full topic name is its own topic
 * ```ts
 * import { topicName } from "@huleedu/service-libs/events";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(topicName("huleedu.essay.created.v1"), "huleedu.essay.created.v1");
 * ```
 */
export function topicName(eventType: string, registry?: TopicRegistry): string {
  if (typeof eventType === "string") {
    const topic = registry?.get(eventType);
    if (topic !== undefined) return topic;
    if (isVersionedTopic(eventType)) return eventType;
  }
  throw new UnknownEventTypeError(
    eventType,
    registry === undefined ? [] : [...registry.keys()],
  );
}
