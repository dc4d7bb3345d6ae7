// Copyright 2026 the HuleEdu authors. MIT license.

import { testEventBus } from "../../testing/conformance/mod.ts";
import { kafkaHarness } from "./_kafka_harness.ts";
import { kafkaBootstrapServers } from "./_services.ts";

testEventBus(
  (name, fn) => Deno.test(`Kafka: ${name}`, fn),
  kafkaHarness(kafkaBootstrapServers()),
);
