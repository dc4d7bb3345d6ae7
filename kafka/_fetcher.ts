// Copyright 2026 the HuleEdu authors. MIT license.

import type { Buffer } from "node:buffer";
import { setTimeout as delay } from "node:timers/promises";

import type { Logger } from "../protocols.ts";
import type { CompressionCodecs } from "./compression.ts";
import type {
  ConsumerListener,
  TopicPartition,
  TopicPartitionOffset,
} from "./engine.ts";
import {
  decodeFetchResponse,
  encodeFetchRequest,
  type FetchedPartition,
} from "./_fetch_request.ts";
import type { Broker, Cluster } from "./_kafkajs.ts";
import { kafkaErrorName } from "./_kafka_errors.ts";
import type { TopicMap } from "./_topic_map.ts";

const FETCH_API_KEY = 1;
const FETCH_API_VERSION = 11;
const LIMITS = {
  maxWaitMs: 250,
  maxBytes: 16 * 1024 * 1024,
  maxPartitionBytes: 1024 * 1024,
} as const;
const PAUSE_MS = 100;

/** A partition that is fetched. */
interface Place extends TopicPartition {
  next: number;
  isPaused: boolean;
  /** Whether the listener has not yet room for more. */
  isBusy: boolean;
}

/** What a fetcher has to be told. */
export interface FetcherOptions {
  readonly cluster: Cluster;
  readonly topics: TopicMap;
  readonly listener: ConsumerListener;
  readonly logger: Logger | undefined;
  readonly codecs: CompressionCodecs;
  /** Finds the oldest offset of a partition. */
  readonly earliest: (at: TopicPartition) => Promise<number>;
}

/** Fetches partitions from their leaders, one request a leader at a time. */
export class Fetcher {
  readonly #options: FetcherOptions;
  #places = new Map<string, Place>();
  readonly #busyNodes = new Set<number>();
  #isResting = false;
  #isStopped = false;

  constructor(options: FetcherOptions) {
    this.#options = options;
  }

  /** What is fetched now, and from where on. */
  get positions(): readonly TopicPartitionOffset[] {
    return [...this.#places.values()].map(({ topic, partition, next }) => ({
      topic,
      partition,
      offset: next,
    }));
  }

  has(at: TopicPartition): boolean {
    return this.#places.has(nameOf(at));
  }

  /**
   * Fetches these partitions and no others: new ones from the given positions,
   * those fetched before from where they are.
   */
  assign(
    partitions: readonly TopicPartition[],
    positions: readonly TopicPartitionOffset[],
  ): void {
    const before = this.#places;
    this.#places = new Map();
    for (const { topic, partition } of partitions) {
      const name = nameOf({ topic, partition });
      const position = positions.find((each) => nameOf(each) === name);
      const place = position
        ? {
          topic,
          partition,
          next: position.offset,
          isPaused: false,
          isBusy: false,
        }
        : before.get(name);
      if (place) this.#places.set(name, place);
    }
  }

  pause(partitions: readonly TopicPartition[]): void {
    this.#setPaused(partitions, true);
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.#setPaused(partitions, false);
    this.wake();
  }

  stop(): void {
    this.#isStopped = true;
    this.#places.clear();
  }

  /** Fetches from each leader that has something to be asked for. */
  wake(): void {
    if (this.#isStopped || this.#isResting) return;
    const byNode = new Map<number, Place[]>();
    let isLeaderless = false;
    for (const place of this.#places.values()) {
      if (place.isPaused || place.isBusy) continue;
      const node = this.#options.topics.leader(place);
      if (node === -1) isLeaderless = true;
      else byNode.set(node, [...byNode.get(node) ?? [], place]);
    }
    for (const [node, places] of byNode) {
      if (!this.#busyNodes.has(node)) this.#fetch(node, places);
    }
    if (isLeaderless) this.#rest();
  }

  #setPaused(partitions: readonly TopicPartition[], isPaused: boolean): void {
    for (const each of partitions) {
      const place = this.#places.get(nameOf(each));
      if (place) place.isPaused = isPaused;
    }
  }

  async #fetch(node: number, places: readonly Place[]): Promise<void> {
    this.#busyNodes.add(node);
    try {
      const broker = await this.#options.cluster.brokerPool.findBroker({
        nodeId: node,
      });
      const fetched = await request(broker, places, this.#options.codecs);
      for (const each of fetched) await this.#take(each);
    } catch (error) {
      if (this.#isStopped) return;
      this.#options.logger?.debug("Kafka fetch failed; trying again", {
        error,
      });
      this.#rest();
    } finally {
      this.#busyNodes.delete(node);
      this.wake();
    }
  }

  async #take(fetched: FetchedPartition): Promise<void> {
    const place = this.#places.get(nameOf(fetched));
    // It may have been given away, and taken again elsewhere, meanwhile.
    if (!place || place.isBusy || fetched.next < place.next) return;
    const { topic, partition, errorCode, records, highWatermark } = fetched;
    if (errorCode !== 0) return await this.#recover(place, errorCode);
    place.next = fetched.next;
    if (records.length === 0 || place.isPaused && this.#isStopped) return;
    place.isBusy = true;
    const batch = { topic, partition, records, highWatermark };
    this.#options.listener.received(batch).finally(() => {
      place.isBusy = false;
      this.wake();
    });
  }

  async #recover(place: Place, errorCode: number): Promise<void> {
    const error = kafkaErrorName(errorCode);
    const { topic, partition } = place;
    if (error === "OFFSET_OUT_OF_RANGE") {
      const earliest = await this.#options.earliest(place);
      this.#options.logger?.warn(
        "Records were deleted before they were read; going on with the oldest",
        { topic, partition, position: place.next, oldest: earliest },
      );
      place.next = earliest;
      return;
    }
    this.#options.logger?.debug("Kafka partition cannot be fetched now", {
      topic,
      partition,
      error,
    });
    this.#rest();
  }

  /** Waits a little, and looks again who leads. */
  async #rest(): Promise<void> {
    if (this.#isResting || this.#isStopped) return;
    this.#isResting = true;
    try {
      await delay(PAUSE_MS);
      if (!this.#isStopped) await this.#options.topics.refresh();
    } catch {
      // Said by the next fetch, if it lasts.
    } finally {
      this.#isResting = false;
      this.wake();
    }
  }
}

function request(
  broker: Broker,
  places: readonly Place[],
  codecs: CompressionCodecs,
): Promise<FetchedPartition[]> {
  const asked = places.map(({ topic, partition, next }) => ({
    topic,
    partition,
    next,
  }));
  return broker.connectionPool.send<FetchedPartition[]>({
    request: {
      apiKey: FETCH_API_KEY,
      apiVersion: FETCH_API_VERSION,
      apiName: "Fetch",
      encode: () => {
        const buffer = encodeFetchRequest(asked, LIMITS);
        return Promise.resolve({ buf: buffer, buffer });
      },
    },
    response: {
      decode: (payload) =>
        Promise.resolve(
          decodeFetchResponse(payload as Buffer, asked, codecs),
        ),
      parse: (decoded) => Promise.resolve(decoded),
    },
  });
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}
