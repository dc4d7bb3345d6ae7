// Copyright 2026 the HuleEdu authors. MIT license.

const MAX_LENGTH = 249;
const LEGAL = /^[a-zA-Z0-9._-]+$/;
const VERSIONED = /^[a-zA-Z0-9_-]+(?:\.[a-zA-Z0-9_-]+)*\.v\d+$/;

/**
 * Whether Kafka takes the name for a topic.
 *
 * Source: `org.apache.kafka.common.internals.Topic`.
 */
export function isTopic(name: string): boolean {
  return name.length <= MAX_LENGTH && LEGAL.test(name) && name !== "." &&
    name !== "..";
}

/** Whether the name is a topic by its looks: dotted, and `.v1` or so at the end. */
export function isVersionedTopic(name: string): boolean {
  return name.length <= MAX_LENGTH && VERSIONED.test(name);
}
