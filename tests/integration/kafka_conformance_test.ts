// Copyright 2026 the HuleEdu authors. MIT license.

import { testEventBus } from "../../testing/conformance/mod.ts";
import { kafkaBootstrapServers, kafkaHarness } from "./_kafka_harness.ts";

testEventBus(
  (name, fn) => Deno.test(`Kafka: ${name}`, fn),
  kafkaHarness(kafkaBootstrapServers()),
);
