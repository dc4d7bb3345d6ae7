// Copyright 2026 the HuleEdu authors. MIT license.

import type { CheckedConnectionOptions } from "./connection_options.ts";
import { connectWithin, toConnectionError } from "./_connect_within.ts";
import type {
  ConsumerEngine,
  ConsumerListener,
  TopicPartition,
  TopicPartitionOffset,
} from "./engine.ts";
import type { MembershipOptions } from "./_group_membership.ts";
import { KafkaError } from "./errors.ts";
import { GroupSession } from "./_group_session.ts";
import { closeCluster, openCluster } from "./_kafkajs.ts";
import { TopicMap } from "./_topic_map.ts";

/** A membership in a group, and what it fetches. */
export class GroupEngine implements ConsumerEngine {
  readonly #options: CheckedConnectionOptions;
  readonly #membershipOptions: MembershipOptions;
  #session: GroupSession | undefined;
  #stopped = new AbortController();

  constructor(
    options: CheckedConnectionOptions,
    membershipOptions: MembershipOptions,
  ) {
    const { requestTimeoutMs } = options;
    const { sessionTimeoutMs } = membershipOptions;
    // After a session without a heartbeat the group goes on without us anyway.
    this.#options = {
      ...options,
      requestTimeoutMs: Math.min(requestTimeoutMs, sessionTimeoutMs),
    };
    this.#membershipOptions = membershipOptions;
  }

  async start(listener: ConsumerListener): Promise<void> {
    const { signal } = this.#stopped = new AbortController();
    const cluster = openCluster(this.#options);
    const topics = new TopicMap(cluster, this.#membershipOptions.topics);
    const connect = async () => {
      await cluster.connect();
      await topics.refresh();
    };
    const close = () => closeCluster(cluster);
    await connectWithin(this.#options, connect, close, signal);
    if (signal.aborted) {
      await close();
      throw signal.reason;
    }
    const session = new GroupSession(
      cluster,
      topics,
      this.#options,
      this.#membershipOptions,
      listener,
    );
    this.#session = session;
    try {
      await session.begin();
    } catch (error) {
      await this.stop();
      throw toConnectionError(error, this.#options.brokers);
    }
  }

  async stop(): Promise<void> {
    this.#stopped.abort(new KafkaError("Consumer is stopped"));
    const session = this.#session;
    this.#session = undefined;
    await session?.end();
  }

  async commit(offsets: readonly TopicPartitionOffset[]): Promise<void> {
    await this.#requireSession().commit(offsets);
  }

  async ends(partitions: readonly TopicPartition[]): Promise<number[]> {
    const { membership } = this.#requireSession();
    const ends: number[] = [];
    for (const each of partitions) ends.push(await membership.latest(each));
    return ends;
  }

  #requireSession(): GroupSession {
    if (this.#session) return this.#session;
    throw new Error("Consumer is not a member of its group");
  }

  get isOut(): boolean {
    return this.#session?.reachability.isOut ?? false;
  }

  pause(partitions: readonly TopicPartition[]): void {
    this.#session?.fetcher.pause(partitions);
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.#session?.fetcher.resume(partitions);
  }
}
