// Copyright 2026 the HuleEdu authors. MIT license.

import { clearTimeout, setImmediate, setTimeout } from "node:timers";

import { count } from "../events/metrics.ts";
import type { Logger } from "../protocols.ts";
import type {
  BatchResult,
  OutgoingRecord,
  ProducerEngine,
  ProducerIdentity,
  TopicPartition,
} from "./engine.ts";
import { ProduceFailure } from "./engine.ts";
import type { PublishErrorCode } from "./errors.ts";
import { Backlog } from "./_backlog.ts";
import { batchErrorMeaning } from "./_kafka_errors.ts";
import type { Fifo, Lane, LaneBatch, Pending } from "./_lane.ts";
import { Reachability } from "./_reachability.ts";
import { TopicLanes } from "./_topic_lanes.ts";

const SWEEP_MS = 50;
/** Brokers refuse requests of 100 MiB by default. */
const MAX_REQUEST_BYTES = 32 * 1024 * 1024;

/** What a funnel has to be told. */
export interface EventFunnelOptions {
  /** Milliseconds from the call to the acknowledgement. */
  readonly deliveryTimeoutMs: number;
  /** Bytes that may wait; more makes callers wait. */
  readonly maxQueuedBytes: number;
  /** The most that one batch holds. */
  readonly maxBatchBytes: number;
  /** A request to a leader takes no further batch from then on. */
  readonly maxRequestBytes?: number;
  /** Where alarms go. */
  readonly logger: Logger | undefined;
}

/**
 * Takes events one by one, sends them in batches, and settles each call with
 * what became of its event. Each partition has one batch on its way, each
 * broker one request; what is called for meanwhile rides the next one.
 */
export class EventFunnel {
  readonly #engine: ProducerEngine;
  readonly #options: EventFunnelOptions;
  readonly #backlog: Backlog;
  readonly #reachability: Reachability;
  readonly #topics = new Map<string, TopicLanes>();
  readonly #busyLeaders = new Set<number>();
  #identity: Promise<ProducerIdentity> | null = null;
  #flushing = false;
  #wake: ReturnType<typeof setTimeout> | undefined;

  constructor(engine: ProducerEngine, options: EventFunnelOptions) {
    this.#engine = engine;
    this.#options = options;
    this.#backlog = new Backlog(options.maxQueuedBytes);
    this.#reachability = new Reachability(options.logger);
  }

  /** How many events are not settled yet. */
  get unsettled(): number {
    return this.#backlog.unsettled;
  }

  /** Whether the last thing heard of the cluster is that it does not answer. */
  get isOut(): boolean {
    return this.#reachability.isOut;
  }

  /** Asks for an identity, so that the first event need not wait for it. */
  async start(): Promise<void> {
    await this.#currentIdentity();
  }

  /**
   * Sends a record and resolves with its offset, or -1 when an earlier attempt
   * wrote it at an offset that the broker no longer knows. `placed` is told of
   * the partition before.
   *
   * @throws {PublishError} If it is not acknowledged.
   */
  send(
    topic: string,
    record: OutgoingRecord,
    signal?: AbortSignal,
    placed?: (partition: number) => void,
  ): Promise<number> {
    return new Promise((resolve, reject) => {
      const { deliveryTimeoutMs, maxBatchBytes } = this.#options;
      const deadline = performance.now() + deliveryTimeoutMs;
      const backlog = this.#backlog;
      const pending = backlog.open(
        topic,
        record,
        deadline,
        resolve,
        reject,
        placed,
      );
      if (pending.bytes > maxBatchBytes) {
        const reason =
          `${pending.bytes} bytes are more than maxBatchBytes, ${maxBatchBytes}`;
        return backlog.fail(pending, "too_large", reason);
      }
      if (signal) backlog.watch(pending, signal);
      if (pending.settled) return;
      if (backlog.admit(pending)) this.#topic(topic).add(pending);
      this.#flushSoon();
    });
  }

  /** The node that leads a partition, as last heard; -1 when that is unknown. */
  leader({ topic, partition }: TopicPartition): number {
    return this.#topics.get(topic)?.leader(partition) ?? -1;
  }

  /** Waits until nothing is on its way, then fails what is left at the deadline. */
  async drain(timeoutMs: number): Promise<void> {
    if (this.unsettled > 0 && timeoutMs > 0) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      await new Promise<void>((resolve) => {
        this.#backlog.onIdle = resolve;
        timer = setTimeout(resolve, timeoutMs);
      });
      clearTimeout(timer);
      this.#backlog.onIdle = undefined;
    }
    for (const pending of this.#everything()) {
      this.#backlog.fail(pending, "stopped", "the bus has stopped");
    }
    clearTimeout(this.#wake);
    this.#wake = undefined;
  }

  #topic(name: string): TopicLanes {
    let topic = this.#topics.get(name);
    if (!topic) {
      topic = new TopicLanes(name, this.#engine, this.#options.maxBatchBytes);
      this.#topics.set(name, topic);
    }
    return topic;
  }

  /** A topic that does not exist is asked for again when it is published to. */
  #forget(topic: TopicLanes): void {
    const isWanted = topic.lanes.length > 0 || topic.unassigned.size > 0;
    if (!isWanted) this.#topics.delete(topic.name);
  }

  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    // After the callers that were woken together have all had their turn.
    setImmediate(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    const now = performance.now();
    this.#expire(now);
    for (const pending of this.#backlog.unblock()) {
      this.#topic(pending.topic).add(pending);
    }
    const ready = new Map<number, Lane[]>();
    for (const topic of this.#topics.values()) {
      if (topic.needsLeaders(now)) this.#load(topic, now);
      for (const lane of topic.lanes) {
        if (!lane.isReady(now)) continue;
        const leader = topic.leader(lane.partition);
        if (leader === -1) {
          topic.stale = true;
        } else if (!this.#busyLeaders.has(leader)) {
          const lanes = ready.get(leader);
          if (!lanes) ready.set(leader, [lane]);
          else if (lane.stoodBack) lanes.unshift(lane);
          else lanes.push(lane);
        }
      }
    }
    for (const [leader, lanes] of ready) this.#send(leader, lanes);
    this.#keepAwake();
  }

  /** Learns where the partitions of a topic are. */
  #load(topic: TopicLanes, now: number): void {
    topic.load(now).then(
      (missing) => {
        if (missing) {
          const reason =
            "the topic does not exist, and the broker does not create it";
          this.#failAll(topic.unassigned, "unknown_topic", reason);
        }
        // With nothing to send, this is the best proof there is.
        if (this.unsettled === 0) this.#reachability.regained();
        this.#forget(topic);
        this.#flushSoon();
      },
      (error) => this.#reachability.lost(error),
    );
  }

  async #send(leader: number, lanes: readonly Lane[]): Promise<void> {
    const { maxRequestBytes = MAX_REQUEST_BYTES } = this.#options;
    this.#busyLeaders.add(leader);
    for (const lane of lanes) lane.inRequest = true;
    try {
      await this.#identify(lanes);
      const sent: Array<[Lane, LaneBatch]> = [];
      let bytes = 0;
      for (const lane of lanes) {
        lane.stoodBack = bytes >= maxRequestBytes;
        const batch = lane.stoodBack ? null : lane.take();
        if (!batch) continue;
        sent.push([lane, batch]);
        bytes += batch.bytes;
      }
      if (sent.length === 0) return;
      const batches = sent.map(([, batch]) => batch);
      const results = await this.#engine.produce(leader, batches);
      this.#reachability.regained();
      for (const [index, [lane]] of sent.entries()) {
        const result = results[index]!;
        const isOdd = result.error === null && lane.isBehind(result.baseOffset);
        if (isOdd) await this.#topic(lane.topic).look();
        this.#conclude(lane, result);
      }
    } catch (error) {
      this.#noAnswer(lanes, error);
    } finally {
      for (const lane of lanes) lane.inRequest = false;
      this.#busyLeaders.delete(leader);
      this.#flushSoon();
    }
  }

  /** Gives lanes that need one a producer's identity. */
  async #identify(lanes: readonly Lane[]): Promise<void> {
    const needy = lanes.filter((lane) => !lane.identity && !lane.batch);
    if (needy.length === 0) return;
    const identity = await this.#currentIdentity();
    for (const lane of needy) lane.identity = identity;
  }

  /** No broker has said what became of the lanes' batches. */
  #noAnswer(lanes: readonly Lane[], error: unknown): void {
    const unsure = error instanceof ProduceFailure && error.mayHaveBeenSent;
    for (const lane of lanes) {
      if (lane.batch && unsure) lane.ambiguous = true;
      if (lane.batch && !lane.ambiguous) lane.unbatch();
      this.#retryLater(lane);
    }
    this.#reachability.lost(
      error instanceof ProduceFailure ? error.cause : error,
    );
  }

  /** The leader has answered for the lane's batch. */
  #conclude(lane: Lane, { error, baseOffset }: BatchResult): void {
    if (error === null) return this.#acknowledge(lane, baseOffset);
    const batch = lane.batch!;
    const meaning = batchErrorMeaning(error);
    if (meaning === "duplicate" && lane.ambiguous) {
      return this.#acknowledge(lane, -1);
    }
    if (meaning === "unsure") lane.ambiguous = true;
    if (meaning === "unsure" || meaning === "retry") {
      if (!lane.ambiguous) lane.unbatch();
      return this.#retryLater(lane);
    }
    if (lane.ambiguous) {
      // An earlier attempt may have been written: no more can be found out.
      this.#failAll(batch.pendings, "rejected", `the broker said ${error}`);
      return this.#abandon(lane);
    }
    if (meaning === "sequence" || meaning === "duplicate") {
      lane.unbatch();
      this.#retire(lane);
      return this.#retryLater(lane);
    }
    if (meaning !== "refused" && batch.records.length > 1) {
      if (meaning === "too_large") lane.shrink();
      else lane.isolate();
      return lane.unbatch();
    }
    for (const pending of batch.pendings) pending.flying = false;
    if (meaning === "too_large") lane.grow();
    const code = meaning === "too_large" ? meaning : "rejected";
    this.#failAll(batch.pendings, code, `the broker said ${error}`);
    lane.unbatch();
  }

  #acknowledge(lane: Lane, baseOffset: number): void {
    const { pendings } = lane.batch!;
    if (!lane.acknowledge(baseOffset)) {
      this.#options.logger?.critical(
        "Kafka acknowledged two events with one offset: one of them is lost, " +
          "unless the topic was created anew",
        { topic: lane.topic, partition: lane.partition, offset: baseOffset },
      );
      const reason = `offset ${baseOffset} was given to another event before`;
      this.#failAll(pendings, "offset_conflict", reason);
      return this.#abandon(lane);
    }
    for (let i = 0; i < pendings.length; i++) {
      const pending = pendings[i]!;
      const offset = baseOffset === -1 ? -1 : baseOffset + i;
      if (pending.settled) continue;
      pending.placed?.(lane.partition);
      this.#backlog.fulfil(pending, offset);
    }
  }

  /** Gives up a batch that the broker may have written. */
  #abandon(lane: Lane): void {
    lane.abandon();
    this.#retire(lane);
  }

  /** Gives the lane, and lanes to come, a new identity: its sequence is void. */
  #retire(lane: Lane): void {
    this.#identity = null;
    lane.renounce();
  }

  #currentIdentity(): Promise<ProducerIdentity> {
    if (!this.#identity) {
      const asked = this.#engine.initProducerId();
      this.#identity = asked;
      asked.catch(() => {
        if (this.#identity === asked) this.#identity = null;
      });
    }
    return this.#identity;
  }

  #retryLater(lane: Lane): void {
    count("huleedu.publish.retries", {
      "messaging.destination.name": lane.topic,
    });
    lane.postpone(performance.now());
    this.#topic(lane.topic).stale = true;
  }

  #expire(now: number): void {
    const { deliveryTimeoutMs } = this.#options;
    const reason = `no acknowledgement within ${deliveryTimeoutMs} ms`;
    const expire = (pendings: Fifo<Pending>) =>
      this.#backlog.expire(pendings, now, reason);
    expire(this.#backlog.blocked);
    for (const topic of this.#topics.values()) {
      expire(topic.unassigned);
      for (const lane of topic.lanes) {
        expire(lane.queue);
        if (!lane.batch) continue;
        for (const pending of lane.batch.pendings) {
          if (pending.settled || pending.deadline > now) continue;
          this.#backlog.fail(pending, "timed_out", reason);
        }
        const isWanted = lane.batch.pendings.some((each) => !each.settled);
        if (!lane.inRequest && !isWanted) this.#abandon(lane);
      }
    }
  }

  #keepAwake(): void {
    const isIdle = this.unsettled === 0 && !this.isOut;
    if (isIdle || this.#wake !== undefined) return;
    this.#wake = setTimeout(() => {
      this.#wake = undefined;
      this.#flush();
    }, SWEEP_MS);
  }

  *#everything(): Iterable<Pending> {
    for (const topic of this.#topics.values()) {
      yield* topic.unassigned;
      for (const lane of topic.lanes) {
        if (lane.batch) yield* lane.batch.pendings;
        yield* lane.queue;
      }
    }
    yield* this.#backlog.blocked;
  }

  #failAll(
    pendings: Iterable<Pending>,
    code: PublishErrorCode,
    reason: string,
  ): void {
    for (const pending of pendings) this.#backlog.fail(pending, code, reason);
  }
}
