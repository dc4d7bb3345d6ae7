// Copyright 2026 the HuleEdu authors. MIT license.

import { isTopic } from "./_topic.ts";
import { kindOf } from "./_kind.ts";

/** Which topic each event type is published on. Immutable. */
export interface TopicRegistry {
  /** How many event types it knows. */
  readonly size: number;
  /**
   * Looks a topic up.
   *
   * @param eventType The name of an event type.
   * @returns Its topic, or `undefined` when it is not registered.
   */
  get(eventType: string): string | undefined;
  /**
   * Lists the event types.
   *
   * @returns The names, in the order of registration.
   */
  keys(): IterableIterator<string>;
}

/**
 * Makes a registry for {@linkcode topicName} of short event types. There is no
 * rule that turns a short name into a topic: each one is decided on, and listed.
 *
 * @param topics The topic of each event type.
 * @returns The registry, which keeps a copy.
 * @throws {TypeError} If `topics` is no object, or an event type is empty.
 * @throws {RangeError} If a topic is no legal Kafka topic: 1 to 249 of
 * `a-z A-Z 0-9 . _ -`, and neither `.` nor `..`.
 *
 * @example Registering the topics of a service
 * ```ts
 * import { createTopicRegistry, topicName } from "@huleedu/service-libs/events";
 * import { assertEquals } from "@std/assert";
 *
 * const topics = createTopicRegistry({
 *   "essay.created": "huleedu.essay.created.v1",
 *   "essay.graded": "huleedu.grading.essay.graded.v2",
 * });
 * assertEquals(topicName("essay.graded", topics), "huleedu.grading.essay.graded.v2");
 * ```
 */
export function createTopicRegistry(
  topics: Readonly<Record<string, string>>,
): TopicRegistry {
  if (typeof topics !== "object" || topics === null || Array.isArray(topics)) {
    throw new TypeError(
      `Cannot create topic registry: "topics" must be an object, received ${
        kindOf(topics)
      }`,
    );
  }
  const entries = new Map<string, string>(Object.entries(topics));
  for (const [eventType, topic] of entries) checkEntry(eventType, topic);
  return Object.freeze({
    size: entries.size,
    get: (eventType: string) => entries.get(eventType),
    keys: () => entries.keys(),
  });
}

function checkEntry(eventType: string, topic: unknown): void {
  if (eventType.trim() === "") {
    throw new TypeError(
      "Cannot create topic registry: an event type must not be empty",
    );
  }
  if (typeof topic !== "string") {
    throw new TypeError(
      `Cannot create topic registry: the topic of "${eventType}" must be a string, received ${
        kindOf(topic)
      }`,
    );
  }
  if (!isTopic(topic)) {
    throw new RangeError(
      `Cannot create topic registry: the topic of "${eventType}" must be 1 to 249 of a-z, A-Z, 0-9, ".", "_" and "-", received ${
        JSON.stringify(topic.slice(0, 250))
      }`,
    );
  }
}
