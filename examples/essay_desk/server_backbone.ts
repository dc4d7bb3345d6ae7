// Copyright 2026 the HuleEdu authors. MIT license.

import {
  KafkaBus,
  type KafkaConnectionOptions,
  KafkaConsumer,
  kafkaOptionsFromEnv,
} from "@huleedu/service-libs/kafka";
import type {
  EventConsumer,
  EventPublisher,
  IdempotencyStore,
  PubSub,
  UserNotifier,
} from "@huleedu/service-libs/protocols";
import {
  RedisClient,
  type RedisConnectionOptions,
  RedisIdempotencyStore,
  redisOptionsFromEnv,
} from "@huleedu/service-libs/redis";
import type { Backbone, BackboneUse } from "./backbone.ts";
import { UsageError } from "./command_line.ts";
import { KafkaTopics } from "./kafka_topics.ts";
import type { Topics } from "./topics.ts";

/** A user waits for the answer to a submission, so it comes soon or not at all. */
const DELIVERY_TIMEOUT_MS = 10_000;

/** A backbone of Kafka and Redis servers. Each service has clients of its own. */
export class ServerBackbone implements Backbone {
  readonly name = "Kafka and Redis";
  readonly isShared = true;
  readonly #kafka: KafkaConnectionOptions;
  readonly #redis: RedisConnectionOptions;

  /**
   * Does no I/O.
   *
   * @param env `KAFKA_BOOTSTRAP_SERVERS`, `REDIS_URL`, and what else the clients
   * read from the environment.
   * @throws {UsageError} If a client cannot be made of it.
   */
  constructor(env: Readonly<Record<string, string | undefined>>) {
    // Clients check their options when they are created, before they connect.
    this.#kafka = checked("KAFKA_…", () => {
      const options = kafkaOptionsFromEnv(env);
      new KafkaBus(options);
      return options;
    });
    this.#redis = checked("REDIS_…", () => {
      const options = redisOptionsFromEnv(env);
      new RedisClient(options);
      return options;
    });
  }

  /** Connects a bus. */
  async openPublisher(use: BackboneUse): Promise<EventPublisher> {
    return use.stack.use(
      await KafkaBus.connect({
        ...this.#kafkaOptions(use),
        deliveryTimeoutMs: DELIVERY_TIMEOUT_MS,
      }),
    );
  }

  /** Creates a consumer. */
  createConsumer(use: BackboneUse, topic: string): EventConsumer {
    return new KafkaConsumer({
      ...this.#kafkaOptions(use),
      groupId: use.service,
      topics: [topic],
      fromBeginning: true,
    });
  }

  /** Connects a client, and keeps the store there. */
  async openStore(use: BackboneUse): Promise<IdempotencyStore> {
    return new RedisIdempotencyStore(await this.#openRedis(use));
  }

  /** Connects a client. */
  async openMessages(use: BackboneUse): Promise<PubSub & UserNotifier> {
    return await this.#openRedis(use);
  }

  /** Opens a view of Kafka by way of kafkajs. */
  async openTopics(
    stack: AsyncDisposableStack,
    topics: readonly string[],
  ): Promise<Topics> {
    return stack.use(await KafkaTopics.open(this.#kafka, topics));
  }

  async #openRedis({ stack, service, logger }: BackboneUse) {
    return stack.use(
      await RedisClient.connect({
        ...this.#redis,
        clientId: service,
        logger,
      }),
    );
  }

  #kafkaOptions({ service, logger }: BackboneUse): KafkaConnectionOptions {
    return { ...this.#kafka, clientId: service, logger };
  }
}

/** Says of which variables an error speaks that names options. */
function checked<T>(variables: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const isOption = error instanceof TypeError || error instanceof RangeError;
    if (!isOption) throw error;
    throw new UsageError(`In ${variables}: ${error.message}`);
  }
}
