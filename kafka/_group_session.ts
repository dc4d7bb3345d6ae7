// Copyright 2026 the HuleEdu authors. MIT license.

import { setTimeout as delay } from "node:timers/promises";

import type { CheckedConnectionOptions } from "./connection_options.ts";
import type { ConsumerListener, TopicPartitionOffset } from "./engine.ts";
import { Fetcher } from "./_fetcher.ts";
import {
  GroupMembership,
  type MembershipOptions,
} from "./_group_membership.ts";
import { closeCluster, type Cluster } from "./_kafkajs.ts";
import { Reachability } from "./_reachability.ts";
import type { TopicMap } from "./_topic_map.ts";
import { within } from "./_within.ts";

const TOPIC_WAIT_MS = 3_000;
const TOPIC_PAUSE_MS = 50;
const TOPICS_MAX_AGE_MS = 10_000;
/** How soon a topic is seen that did not exist at the start. */
const MISSING_TOPICS_MAX_AGE_MS = 1_000;
const HEARTBEATS_PER_SESSION = 10;
const REJOIN_BASE_MS = 50;
const REJOIN_MAX_MS = 1_000;
const LEAVE_TIMEOUT_MS = 1_000;

const REBALANCE = "REBALANCE_IN_PROGRESS";

/** Errors that no further try can mend. */
const FATAL: ReadonlySet<string> = new Set([
  "GROUP_AUTHORIZATION_FAILED",
  "TOPIC_AUTHORIZATION_FAILED",
  "CLUSTER_AUTHORIZATION_FAILED",
  "INCONSISTENT_GROUP_PROTOCOL",
  "INVALID_GROUP_ID",
  "INVALID_SESSION_TIMEOUT",
  "UNSUPPORTED_VERSION",
]);

/** Errors that say that the group goes on without us. */
const FORGOTTEN: ReadonlySet<string> = new Set([
  "UNKNOWN_MEMBER_ID",
  "ILLEGAL_GENERATION",
  "FENCED_INSTANCE_ID",
]);

/** A member's life in its group, from one connect to the disconnect. */
export class GroupSession {
  readonly membership: GroupMembership;
  readonly fetcher: Fetcher;
  readonly #cluster: Cluster;
  readonly #topics: TopicMap;
  readonly #options: CheckedConnectionOptions;
  readonly #membershipOptions: MembershipOptions;
  readonly #listener: ConsumerListener;
  readonly reachability: Reachability;
  readonly #ended = new AbortController();
  #staying: Promise<void> | undefined;
  /** The sizes of the topics as they were last dealt out. */
  #dealt: ReadonlyMap<string, number> | undefined;
  /** Whether we have taken over what the group gave us. */
  #isSettled = false;

  constructor(
    cluster: Cluster,
    topics: TopicMap,
    options: CheckedConnectionOptions,
    membershipOptions: MembershipOptions,
    listener: ConsumerListener,
  ) {
    this.#cluster = cluster;
    this.#topics = topics;
    this.#options = options;
    this.#membershipOptions = membershipOptions;
    this.#listener = listener;
    this.reachability = new Reachability(options.logger);
    this.membership = new GroupMembership(cluster, topics, membershipOptions);
    this.fetcher = new Fetcher({
      cluster,
      topics,
      listener,
      reachability: this.reachability,
      logger: options.logger,
      codecs: options.codecs,
      earliest: (at) => this.membership.earliest(at),
    });
  }

  async begin(): Promise<void> {
    await this.#awaitTopics();
    await this.#join(performance.now() + this.#options.connectTimeoutMs);
    this.#staying = this.#stay();
  }

  async commit(offsets: readonly TopicPartitionOffset[]): Promise<void> {
    // What was ours may be another's now, who has gone further.
    if (!this.#isSettled) throw new Error("Group rebalances");
    await this.membership.commit(offsets);
  }

  async end(): Promise<void> {
    this.#ended.abort();
    this.fetcher.stop();
    await within(LEAVE_TIMEOUT_MS, this.membership.leave().catch(() => {}));
    await closeCluster(this.#cluster).catch(() => {});
    await this.#staying;
  }

  /** Joins the group, trying again until `deadline`, and begins to fetch. */
  async #join(deadline = Infinity): Promise<void> {
    this.#isSettled = false;
    for (let failures = 0;; failures++) {
      try {
        return await this.#joinOnce();
      } catch (error) {
        const type = typeOf(error);
        const isLate = performance.now() >= deadline;
        if (this.#ended.signal.aborted || FATAL.has(type) || isLate) {
          throw error;
        }
        await this.#recover(error, failures);
      }
    }
  }

  async #joinOnce(): Promise<void> {
    const { partitions, continued } = await this.membership.join();
    const sizes = this.#topics.sizes;
    const fresh = continued
      ? partitions.filter((each) => !this.fetcher.has(each))
      : partitions;
    const before = this.#dealt;
    const positions = await this.membership.positions(
      fresh,
      (topic) => before !== undefined && !before.has(topic),
    );
    this.#ended.signal.throwIfAborted();
    this.membership.settle();
    this.#isSettled = true;
    this.#dealt = sizes;
    this.fetcher.assign(partitions, positions);
    this.#listener.assigned(this.fetcher.positions, continued);
    this.fetcher.wake();
  }

  /** Keeps the membership, and joins again whenever the group asks for it. */
  async #stay(): Promise<void> {
    const { signal } = this.#ended;
    const beatMs = Math.ceil(
      this.#membershipOptions.sessionTimeoutMs / HEARTBEATS_PER_SESSION,
    );
    let refreshedAt = performance.now();
    let failures = 0;
    while (!signal.aborted) {
      try {
        const ms = failures > 0 ? 0 : Math.min(beatMs, this.#maxAgeMs());
        await delay(ms, undefined, { signal });
        await this.membership.heartbeat();
        this.reachability.regained();
        failures = 0;
        if (performance.now() - refreshedAt < this.#maxAgeMs()) continue;
        refreshedAt = performance.now();
        await this.#topics.refresh();
        if (!isSame(this.#topics.sizes, this.#dealt)) await this.#rejoin();
      } catch (error) {
        if (signal.aborted) return;
        const type = typeOf(error);
        try {
          if (FATAL.has(type)) throw error;
          await this.#recover(error, failures++);
          if (type === REBALANCE || FORGOTTEN.has(type)) await this.#rejoin();
        } catch (cause) {
          if (!signal.aborted) this.#listener.crashed(cause);
          return;
        }
      }
    }
  }

  async #rejoin(): Promise<void> {
    await this.#listener.rebalancing();
    await this.#join();
  }

  /** Makes ready for another try. */
  async #recover(error: unknown, failures: number): Promise<void> {
    const type = typeOf(error);
    if (type === REBALANCE) return;
    this.membership.forget(FORGOTTEN.has(type) ? "member" : "coordinator");
    if (FORGOTTEN.has(type)) return;
    if (type === "") this.reachability.lost(error);
    const ms = Math.min(REJOIN_MAX_MS, REJOIN_BASE_MS * 2 ** failures);
    await delay(ms, undefined, { signal: this.#ended.signal });
    await this.#topics.refresh().catch(() => {});
  }

  /** Gives a cluster that creates topics when they are asked for time to do so. */
  async #awaitTopics(): Promise<void> {
    const deadline = performance.now() + TOPIC_WAIT_MS;
    while (this.#missing().length > 0) {
      if (performance.now() >= deadline) {
        const topics = this.#missing();
        this.#options.logger?.warn("Topics do not exist yet", { topics });
        return;
      }
      await delay(TOPIC_PAUSE_MS);
      await this.#topics.refresh();
    }
  }

  #missing(): string[] {
    const { sizes } = this.#topics;
    return this.#membershipOptions.topics.filter((each) => !sizes.has(each));
  }

  #maxAgeMs(): number {
    return this.#missing().length > 0
      ? MISSING_TOPICS_MAX_AGE_MS
      : TOPICS_MAX_AGE_MS;
  }
}

function isSame(
  a: ReadonlyMap<string, number>,
  b: ReadonlyMap<string, number> | undefined,
): boolean {
  return a.size === b?.size &&
    [...a].every(([name, size]) => b.get(name) === size);
}

/** Kafka's name of an error, or an empty text for one of the connection. */
function typeOf(error: unknown): string {
  const { type } = error as { type?: unknown };
  return typeof type === "string" ? type : "";
}
