// Copyright 2026 the HuleEdu authors. MIT license.

import { clearTimeout, setTimeout } from "node:timers";
import { setTimeout as delay } from "node:timers/promises";

import { currentOrigin } from "../events/context.ts";
import { observe } from "../events/metrics.ts";
import type { StandardSchema } from "../events/standard_schema.ts";
import type {
  ConsumerStopReport,
  EventHandler,
  Logger,
  StopOptions,
} from "../protocols.ts";
import { requirePositive, requireText } from "./connection_options.ts";
import type { ConsumerEngine, ConsumerListener } from "./engine.ts";
import { NotStartedError } from "./errors.ts";
import type { EventProducer } from "./event_producer.ts";
import { publishDeadLetter } from "./_dead_letter.ts";
import { Dispatcher } from "./_dispatcher.ts";
import { type ConsumerIdentity, consumerNames } from "./_consumer_names.ts";
import { EventHandling, type HandlerRetryOptions } from "./_event_handling.ts";
import { reportFetch } from "./_fetch_telemetry.ts";
import type { PartitionWork } from "./_partition_work.ts";
import { Work } from "./_work.ts";
import { stopTimeout } from "./_stop_timeout.ts";
import { silentLogger } from "./_silent_logger.ts";
import { within } from "./_within.ts";

const COMMIT_INTERVAL_MS = 100;
const COMMIT_TIMEOUT_MS = 5_000;
const REJOIN_BASE_MS = 100;
const REJOIN_MAX_MS = 5_000;
/** How long a rebalance waits for handlers, so that little is done twice. */
const REBALANCE_PATIENCE_MS = 3_000;

/** What a group consumer has to be told. */
export interface GroupConsumerOptions extends ConsumerIdentity {
  readonly concurrency?: number;
  readonly retry?: HandlerRetryOptions;
  readonly deadLetter?: false | { readonly topic?: (topic: string) => string };
  readonly logger?: Logger;
}

/** How a consumer is doing. */
export interface ConsumerHealth {
  /**
   * `"running"` when it is a member of its group. `"unreachable"` while the
   * cluster does not answer, `"rejoining"` after a crash, until it is one again.
   */
  readonly state:
    | "stopped"
    | "starting"
    | "running"
    | "unreachable"
    | "rejoining"
    | "stopping";
  /** The partitions that are ours. */
  readonly partitions: ReadonlyArray<{
    readonly topic: string;
    readonly partition: number;
    /** Records behind the end of the partition; `null` until it is known. */
    readonly lag: number | null;
  }>;
  /** Milliseconds since the Unix epoch of the last event that was done. */
  readonly lastProgressAt: number | null;
}

/**
 * The life of a consumer over any engine: what `KafkaConsumer` is over Kafka
 * and `MemoryBus.consumer()` in memory.
 */
export class GroupConsumer {
  readonly #subject: string;
  readonly #engine: ConsumerEngine;
  readonly #deadLetters: EventProducer;
  readonly #handling: EventHandling;
  readonly #dispatcher: Dispatcher;
  readonly #logger: Logger;
  readonly #identity: ConsumerIdentity;
  #state: ConsumerHealth["state"] = "stopped";
  #starting: Promise<void> | undefined;
  #stopping: Promise<ConsumerStopReport> | undefined;
  #rejoining: Promise<void> | undefined;
  #leaving = new AbortController();
  #commitTimer: ReturnType<typeof setTimeout> | undefined;
  #committing: Promise<void> = Promise.resolve();
  #lastProgressAt: number | null = null;
  #hasDeadLetters = false;
  #unobserve: ReadonlyArray<() => void> = [];

  constructor(
    subject: string,
    engine: ConsumerEngine,
    deadLetters: EventProducer,
    options: GroupConsumerOptions,
  ) {
    const { concurrency = 16, deadLetter = {}, retry = {} } = options;
    const positive = (name: string, value: number) =>
      requirePositive(subject, name, value);
    const topicOf = deadLetter && (deadLetter.topic ?? deadLetterTopic);
    this.#subject = subject;
    this.#engine = engine;
    this.#deadLetters = deadLetters;
    this.#logger = options.logger ?? silentLogger;
    this.#identity = { groupId: options.groupId, clientId: options.clientId };
    this.#handling = new EventHandling({
      logger: this.#logger,
      identity: this.#identity,
      retry: {
        maxAttempts: positive("retry.maxAttempts", retry.maxAttempts ?? 5),
        baseDelayMs: positive("retry.baseDelayMs", retry.baseDelayMs ?? 100),
        maxDelayMs: positive("retry.maxDelayMs", retry.maxDelayMs ?? 5_000),
      },
      setAside: topicOf
        ? async (letter) => {
          this.#hasDeadLetters = true;
          await this.#deadLetters.start();
          const topic = topicOf(letter.partition.topic);
          const { clientId } = this.#identity;
          await publishDeadLetter(this.#deadLetters, topic, letter, clientId);
        }
        : undefined,
    });
    this.#dispatcher = new Dispatcher(
      engine,
      (work) => this.#handling.handle(work),
      positive("concurrency", concurrency),
    );
    this.#dispatcher.onProgress = () => {
      this.#lastProgressAt = Date.now();
      this.#commitSoon();
    };
  }

  on(
    eventType: string,
    schemaOrHandler: StandardSchema<unknown> | EventHandler<never>,
    handler?: EventHandler<never>,
  ): void {
    if (this.#state !== "stopped") {
      throw new TypeError(
        `Cannot register a handler: ${this.#subject} is started already`,
      );
    }
    requireText("a handler", "eventType", eventType);
    // A schema may be callable too, so what tells them apart is the second one.
    const schema = handler && schemaOrHandler as StandardSchema<unknown>;
    const actual = handler ?? schemaOrHandler;
    if (typeof actual !== "function") {
      throw new TypeError(
        `Cannot register a handler: "handler" must be a function, received ${typeof actual}`,
      );
    }
    this.#handling.register(eventType, actual as EventHandler, schema);
  }

  async start(): Promise<void> {
    await this.#stopping;
    this.#starting ??= this.#join();
    await this.#starting;
  }

  async #join(): Promise<void> {
    this.#state = "starting";
    this.#leaving = new AbortController();
    this.#dispatcher.open();
    try {
      await this.#engine.start(this.#listener());
      this.#state = "running";
      this.#unobserve = this.#observe();
    } catch (error) {
      this.#state = "stopped";
      this.#starting = undefined;
      await this.#engine.stop();
      throw error;
    }
  }

  /** Shows what waits to whoever collects metrics. */
  #observe(): ReadonlyArray<() => void> {
    return [
      observe(
        "huleedu.consume.queue.depth",
        this,
        (self) =>
          self.#dispatcher.partitions.map((each) =>
            [each.outstanding, self.#namesOf(each)] as const
          ),
      ),
      observe(
        "huleedu.consume.lag",
        this,
        (self) =>
          self.#dispatcher.partitions.flatMap((each) => {
            const lag = lagOf(each);
            return lag === null ? [] : [[lag, self.#namesOf(each)] as const];
          }),
      ),
    ];
  }

  #namesOf(
    { topic, partition }: PartitionWork,
  ): Record<string, string | undefined> {
    return {
      ...consumerNames(this.#identity, topic),
      "messaging.destination.partition.id": String(partition),
    };
  }

  #listener(): ConsumerListener {
    return {
      assigned: (partitions, continued) => {
        this.#dispatcher.assigned(partitions, continued);
        this.#logger.debug("Partitions are assigned", { partitions });
      },
      rewound: (at) => this.#dispatcher.rewound(at),
      rebalancing: async () => {
        await this.#dispatcher.settle(REBALANCE_PATIENCE_MS);
        await within(COMMIT_TIMEOUT_MS, this.#commit());
      },
      received: (batch) => {
        reportFetch(batch, this.#identity);
        return this.#dispatcher.received(batch);
      },
      crashed: (error) => {
        if (this.#state !== "running") return;
        this.#rejoining = this.#rejoin(error).finally(() => {
          this.#rejoining = undefined;
        });
      },
    };
  }

  /** Becomes a member again after a crash, however long that takes. */
  async #rejoin(error: unknown): Promise<void> {
    this.#state = "rejoining";
    this.#logger.error("Consumer has crashed; joining again", { error });
    this.#dispatcher.assigned([], false);
    const { signal } = this.#leaving;
    for (let failures = 0; !signal.aborted; failures++) {
      await this.#engine.stop();
      try {
        await this.#engine.start(this.#listener());
        if (this.#state === "rejoining") this.#state = "running";
        return;
      } catch (cause) {
        if (signal.aborted) return;
        this.#logger.error("Consumer cannot join; trying again", {
          error: cause,
        });
        const ms = Math.min(REJOIN_MAX_MS, REJOIN_BASE_MS * 2 ** failures);
        await delay(ms, undefined, { signal }).catch(() => {});
      }
    }
  }

  pause(): void {
    this.#requireRunning();
    this.#dispatcher.hold();
  }

  resume(): void {
    this.#requireRunning();
    this.#dispatcher.release();
  }

  health(): ConsumerHealth {
    const isOut = this.#state === "running" && this.#engine.isOut;
    return {
      state: isOut ? "unreachable" : this.#state,
      partitions: this.#dispatcher.partitions.map((each) => ({
        topic: each.topic,
        partition: each.partition,
        lag: lagOf(each),
      })),
      lastProgressAt: this.#lastProgressAt,
    };
  }

  stop(options: StopOptions = {}): Promise<ConsumerStopReport> {
    const timeoutMs = stopTimeout(this.#subject, options);
    this.#stopping ??= this.#leave(timeoutMs).finally(() => {
      this.#stopping = undefined;
      this.#starting = undefined;
    });
    return this.#stopping;
  }

  async #leave(timeoutMs: number): Promise<ConsumerStopReport> {
    if (this.#state === "starting") {
      await this.#engine.stop(); // ends the start
      await this.#starting?.catch(() => {});
    }
    if (this.#state === "stopped") {
      return { drained: 0, abandoned: 0, uncommitted: 0 };
    }
    const isMember = this.#state === "running";
    this.#state = "stopping";
    this.#leaving.abort();
    if (!isMember) { // and so has nothing to commit
      await this.#engine.stop();
      await this.#rejoining;
    }
    const deadline = performance.now() + timeoutMs;
    // A handler that stops its own consumer cannot be waited for.
    const own = currentOrigin();
    const { drained, abandoned } = await this.#dispatcher.close(
      timeoutMs,
      own instanceof Work ? own : undefined,
    );
    clearTimeout(this.#commitTimer);
    this.#commitTimer = undefined;
    const left = Math.max(1, deadline - performance.now());
    await within(Math.min(left, COMMIT_TIMEOUT_MS), this.#commit());
    const uncommitted = this.#dispatcher.partitions.reduce(
      (sum, each) => sum + each.uncommitted,
      0,
    );
    await this.#engine.stop();
    if (this.#hasDeadLetters) {
      await this.#deadLetters.stop({
        timeoutMs: Math.max(1, deadline - performance.now()),
      });
    }
    this.#dispatcher.assigned([], false);
    for (const unobserve of this.#unobserve) unobserve();
    this.#state = "stopped";
    return { drained, abandoned, uncommitted };
  }

  #requireRunning(): void {
    if (this.#state === "stopped" || this.#state === "stopping") {
      throw new NotStartedError(this.#subject);
    }
  }

  #commitSoon(): void {
    if (this.#commitTimer !== undefined || this.#state === "stopping") return;
    this.#commitTimer = setTimeout(() => {
      this.#commitTimer = undefined;
      this.#commit();
    }, COMMIT_INTERVAL_MS);
  }

  /** Commits what is done; one commit at a time. */
  #commit(): Promise<void> {
    this.#committing = this.#committing.then(async () => {
      const dirty = this.#dispatcher.partitions.filter((each) => each.isDirty);
      if (dirty.length === 0) return;
      const offsets = dirty.map((each) => ({
        topic: each.topic,
        partition: each.partition,
        offset: each.beginCommit(),
      }));
      try {
        await this.#engine.commit(offsets);
        for (const each of dirty) each.committed();
      } catch (error) {
        // The next commit says it again; after a rebalance the new owner does.
        this.#logger.debug("Offsets cannot be committed now", { error });
        if (this.#state === "running") this.#commitSoon();
      }
    });
    return this.#committing;
  }
}

function lagOf({ highWatermark, position }: PartitionWork): number | null {
  return highWatermark === -1 ? null : Math.max(0, highWatermark - position);
}

function deadLetterTopic(topic: string): string {
  return `${topic}.dlq`;
}
