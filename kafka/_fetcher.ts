// Copyright 2026 the HuleEdu authors. MIT license.

import type { Buffer } from "node:buffer";
import { setTimeout as delay } from "node:timers/promises";

import type { Logger } from "../protocols.ts";
import type { CompressionCodecs } from "./compression.ts";
import type {
  ConsumerListener,
  IncomingBatch,
  TopicPartition,
  TopicPartitionOffset,
} from "./engine.ts";
import {
  decodeFetchResponse,
  encodeFetchRequest,
  type FetchedPartition,
  type FetchPosition,
} from "./_fetch_request.ts";
import type { Broker, Cluster } from "./_kafkajs.ts";
import { kafkaErrorName } from "./_kafka_errors.ts";
import type { Reachability } from "./_reachability.ts";
import type { TopicMap } from "./_topic_map.ts";

const FETCH_API_KEY = 1;
const FETCH_API_VERSION = 11;
const LIMITS = {
  maxWaitMs: 250,
  maxBytes: 16 * 1024 * 1024,
  maxPartitionBytes: 1024 * 1024,
} as const;
const PAUSE_MS = 100;

/** Errors that a change of leaders brings and takes away. */
const PASSING: ReadonlySet<string> = new Set([
  "UNKNOWN",
  "UNKNOWN_TOPIC_OR_PARTITION",
  "LEADER_NOT_AVAILABLE",
  "NOT_LEADER_OR_FOLLOWER",
  "REPLICA_NOT_AVAILABLE",
  "KAFKA_STORAGE_ERROR",
  "FENCED_LEADER_EPOCH",
  "UNKNOWN_LEADER_EPOCH",
  "OFFSET_NOT_AVAILABLE",
]);

/** A partition that is fetched. */
interface Place extends TopicPartition {
  next: number;
  /** As it was last told of. */
  highWatermark: number;
  isPaused: boolean;
  /** Whether the listener has not yet room for more. */
  isBusy: boolean;
  /** What has been said of why it cannot be read. */
  said: string;
}

/** A place as it is asked for in one request. */
interface Asked extends FetchPosition {
  readonly place: Place;
}

/** What a fetcher has to be told. */
export interface FetcherOptions {
  readonly cluster: Cluster;
  readonly topics: TopicMap;
  readonly listener: ConsumerListener;
  readonly reachability: Reachability;
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
  readonly #stopped = new AbortController();
  #isSearching = false;

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
          highWatermark: -1,
          isPaused: false,
          isBusy: false,
          said: "",
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
    this.#stopped.abort();
    this.#places.clear();
  }

  /** Fetches from each leader that has something to be asked for. */
  wake(): void {
    if (this.#stopped.signal.aborted) return;
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
    if (isLeaderless && !this.#isSearching) this.#search();
  }

  #setPaused(partitions: readonly TopicPartition[], isPaused: boolean): void {
    for (const each of partitions) {
      const place = this.#places.get(nameOf(each));
      if (place) place.isPaused = isPaused;
    }
  }

  async #fetch(node: number, places: readonly Place[]): Promise<void> {
    const { cluster, codecs, reachability, logger } = this.#options;
    this.#busyNodes.add(node);
    let isWell = true;
    const askedAt = Date.now();
    try {
      const broker = await cluster.brokerPool.findBroker({ nodeId: node });
      const asked = places.map((place) => {
        const { topic, partition, next } = place;
        return { topic, partition, next, place };
      });
      const fetched = await request(broker, asked, codecs);
      reachability.regained();
      const { host, port } = broker.connectionPool;
      const asking = { askedAt, server: { host, port } };
      for (const each of fetched) {
        isWell = await this.#take(each, asking) && isWell;
      }
    } catch (error) {
      isWell = false;
      if (!this.#stopped.signal.aborted) {
        reachability.lost(error);
        logger?.debug("Kafka fetch failed; trying again", { error });
      }
    }
    if (!isWell) await this.#rest();
    this.#busyNodes.delete(node);
    this.wake();
  }

  /** Resolves with whether the partition can be asked for again at once. */
  async #take(
    fetched: FetchedPartition<Asked>,
    asking: Pick<IncomingBatch, "askedAt" | "server">,
  ): Promise<boolean> {
    const { records, highWatermark, next, asked: { place, ...asked } } =
      fetched;
    // It may have been given away meanwhile, or begun anew elsewhere.
    if (this.#places.get(nameOf(place)) !== place) return true;
    if (asked.next !== place.next) return true;
    if (fetched.errorCode !== 0) {
      return await this.#recover(place, kafkaErrorName(fetched.errorCode));
    }
    if (fetched.unreadable) return this.#sayUnreadable(place, fetched);
    place.next = next;
    const isNews = next !== asked.next || highWatermark !== place.highWatermark;
    if (!isNews) return true;
    place.highWatermark = highWatermark;
    // Last in turn now: a broker fills its answer in the order of the request.
    this.#places.delete(nameOf(place));
    this.#places.set(nameOf(place), place);
    place.isBusy = true;
    const { topic, partition } = place;
    const batch = { topic, partition, records, next, highWatermark };
    this.#options.listener.received({ ...batch, ...asking }).finally(() => {
      place.isBusy = false;
      this.wake();
    });
    return true;
  }

  async #recover(place: Place, error: string): Promise<boolean> {
    const { topic, partition } = place;
    const { logger, earliest } = this.#options;
    if (error === "OFFSET_OUT_OF_RANGE") {
      const oldest = await earliest(place);
      if (this.#places.get(nameOf(place)) !== place) return true;
      const fields = { topic, partition, position: place.next, oldest };
      if (oldest < place.next) {
        logger?.error(
          "Partition begins anew: it was created again or cut",
          fields,
        );
        this.#options.listener.rewound({ topic, partition, offset: oldest });
      } else {
        logger?.warn(
          "Records were deleted before they were read; going on with the oldest",
          fields,
        );
      }
      place.next = oldest;
      return true;
    }
    const fields = { topic, partition, error };
    if (PASSING.has(error)) {
      logger?.debug("Kafka partition cannot be fetched now", fields);
    } else if (place.said !== error) {
      place.said = error;
      logger?.error("Kafka partition cannot be fetched; trying again", fields);
    }
    return false;
  }

  #sayUnreadable(place: Place, { unreadable }: FetchedPartition<Asked>): false {
    const { topic, partition, next } = place;
    if (place.said !== String(next)) {
      place.said = String(next);
      this.#options.logger?.error(
        "Records cannot be read; their partition waits for a consumer that can",
        { topic, partition, position: next, error: unreadable },
      );
    }
    return false;
  }

  /** Looks for the leaders of partitions that have none. */
  async #search(): Promise<void> {
    this.#isSearching = true;
    await this.#rest();
    this.#isSearching = false;
    this.wake();
  }

  /** Waits a little, and looks again who leads. */
  async #rest(): Promise<void> {
    const { signal } = this.#stopped;
    try {
      await delay(PAUSE_MS, undefined, { signal });
      await this.#options.topics.refresh();
    } catch {
      // Said by the next fetch, if it lasts.
    }
  }
}

function request(
  broker: Broker,
  asked: readonly Asked[],
  codecs: CompressionCodecs,
): Promise<FetchedPartition<Asked>[]> {
  return broker.connectionPool.send<FetchedPartition<Asked>[]>({
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
        Promise.resolve(decodeFetchResponse(payload as Buffer, asked, codecs)),
      parse: (decoded) => Promise.resolve(decoded),
    },
  });
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}
