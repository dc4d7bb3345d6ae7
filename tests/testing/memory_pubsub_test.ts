// Copyright 2026 the HuleEdu authors. MIT license.

import { testPubSub } from "../../testing/conformance/pubsub_suite.ts";
import { MemoryPubSub } from "../../testing/memory_pubsub.ts";

testPubSub(
  (name, fn) => Deno.test(`MemoryPubSub: ${name}`, fn),
  () => MemoryPubSub.connect(),
);
