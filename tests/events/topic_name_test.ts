// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertThrows } from "@std/assert";
import {
  createTopicRegistry,
  topicName,
  UnknownEventTypeError,
} from "../../events/mod.ts";
import vectors from "../vectors/topic_names.json" with { type: "json" };

interface Recorded {
  readonly name: string;
  readonly input: {
    readonly event_type?: string;
    readonly raw_argument?: string | null;
    readonly enum_lookup?: string;
  };
  readonly expected?: string;
}

const recorded = vectors as unknown as readonly Recorded[];
const registry = createTopicRegistry(
  Object.fromEntries(
    recorded.flatMap(({ input, expected }) => {
      const eventType = input.event_type ?? input.raw_argument;
      return eventType && expected ? [[eventType, expected]] : [];
    }),
  ),
);

Deno.test("topicName() gives the topics of the Python services", () => {
  assertEquals(registry.size > 40, true);
  for (const { name, input, expected } of recorded) {
    const eventType = input.event_type ?? input.raw_argument;
    if (!eventType || !expected) continue;
    assertEquals(topicName(eventType, registry), expected, name);
    assertEquals(topicName(expected), expected, `${name}, its topic`);
    assertEquals(topicName(expected, registry), expected, `${name}, its topic`);
  }
});

Deno.test("topicName() knows no topic where Python has none", () => {
  for (const { input, expected, name } of recorded) {
    const eventType = input.event_type ?? input.enum_lookup;
    if (!eventType || expected) continue;
    const error = assertThrows(
      () => topicName(eventType, registry),
      UnknownEventTypeError,
      "",
      name,
    );
    assertEquals(error.eventType, eventType);
    assertEquals(error.knownEventTypes.length, registry.size);
  }
});

Deno.test("topicName() asks the registry before it takes a name for a topic", () => {
  const topics = createTopicRegistry({
    "batch.requested.v2": "huleedu.batch.requested.v2",
  });
  assertEquals(
    topicName("batch.requested.v2", topics),
    "huleedu.batch.requested.v2",
  );
  assertEquals(topicName("batch.requested.v2"), "batch.requested.v2");
});

Deno.test("topicName() takes for a topic what is dotted, versioned and legal", () => {
  const longest = `${"a".repeat(246)}.v1`;
  for (
    const name of [
      "a.v1",
      "huleedu.cj_assessment.done.v12",
      "A-b.c.v0",
      longest,
    ]
  ) {
    assertEquals(topicName(name), name);
  }
  for (
    const name of [
      "",
      "essay.created",
      "v1",
      ".v1",
      "a..v1",
      "a..b.v1",
      ".a.v1",
      "a.v",
      "a.v1.",
      "a.v1a",
      "a b.v1",
      "å.v1",
      "a/b.v1",
      "a.v1\n",
      `a${longest}`,
      "__proto__",
      "constructor",
    ]
  ) assertThrows(() => topicName(name), UnknownEventTypeError, "", name);
});

Deno.test("topicName() names the kind of what is no string", () => {
  for (const value of [null, undefined, 5, {}]) {
    const error = assertThrows(
      () => topicName(value as unknown as string, registry),
      UnknownEventTypeError,
    );
    assertEquals(error.eventType, value);
  }
});

Deno.test("topicName() looks at no inherited names", () => {
  const topics = createTopicRegistry({});
  for (const name of ["constructor", "toString", "__proto__"]) {
    assertThrows(() => topicName(name, topics), UnknownEventTypeError);
  }
});

Deno.test("createTopicRegistry() keeps a copy", () => {
  const topics: Record<string, string> = { "essay.created": "essays" };
  const copy = createTopicRegistry(topics);
  topics["essay.created"] = "changed";
  topics["essay.graded"] = "added";
  assertEquals(copy.get("essay.created"), "essays");
  assertEquals([...copy.keys()], ["essay.created"]);
  assertEquals(copy.size, 1);
});

Deno.test("createTopicRegistry() refuses topics that Kafka does not take", () => {
  for (const topic of ["", ".", "..", "a b", "å", "a".repeat(250), "a/b"]) {
    assertThrows(
      () => createTopicRegistry({ "essay.created": topic }),
      RangeError,
      'the topic of "essay.created"',
    );
  }
});

Deno.test("createTopicRegistry() refuses entries that are none", () => {
  for (const topics of [null, undefined, [], "x", 5]) {
    assertThrows(
      () => createTopicRegistry(topics as unknown as Record<string, string>),
      TypeError,
      '"topics" must be an object',
    );
  }
  assertThrows(
    () => createTopicRegistry({ a: 5 as unknown as string }),
    TypeError,
    'the topic of "a" must be a string, received a number',
  );
  assertThrows(() => createTopicRegistry({ " ": "a.v1" }), TypeError, "empty");
});
