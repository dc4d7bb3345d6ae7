// Copyright 2026 the HuleEdu authors. MIT license.

import { coordinatesGroups } from "./_kafka_probe.ts";
import { kafkaProperties } from "./_kafka_properties.ts";
import { freePort } from "./_ports.ts";
import { answersPing } from "./_redis_probe.ts";
import { Container } from "./container.ts";

const REDIS_IMAGE = "redis:7.4";
const KAFKA_IMAGE = "apache/kafka:4.1.0";

/**
 * Starts Redis as a container, its port published on loopback only.
 *
 * @throws {ServiceError} If the engine refuses or it does not come up.
 */
export async function startRedisContainer(
  port: number = freePort(),
): Promise<Container> {
  return await Container.start({
    service: "Redis",
    image: REDIS_IMAGE,
    command: ["redis-server", "--save", "", "--appendonly", "no"],
    port,
    innerPort: 6379,
    probe: () => answersPing(port),
  });
}

/**
 * Starts Kafka as a container, a single KRaft node. It listens on the same port
 * inside, so that the one address it advertises is right on both sides.
 *
 * @throws {ServiceError} If the engine refuses or it does not come up.
 */
export async function startKafkaContainer(
  port: number = freePort(),
): Promise<Container> {
  const properties = kafkaProperties({ port, host: "0.0.0.0" });
  return await Container.start({
    service: "Kafka",
    image: KAFKA_IMAGE,
    env: Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [
        `KAFKA_${name.toUpperCase().replaceAll(".", "_")}`,
        value,
      ]),
    ),
    port,
    innerPort: port,
    probe: () => coordinatesGroups(port),
  });
}
