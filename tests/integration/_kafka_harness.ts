// Copyright 2026 the HuleEdu authors. MIT license.

export {
  createTopic,
  kafkaHarness,
  plainKafka,
  readRaw,
} from "../npm/consumer/kafka_harness.ts";
export { kafkaBootstrapServers } from "./_services.ts";
