// Copyright 2026 the HuleEdu authors. MIT license.

// The seam between what the library promises and the client that talks to a
// broker. The funnel and the dispatcher know these interfaces alone: `_kafkajs`
// implements them over kafkajs, the in-memory double over arrays.

/** A producer's identity, given by the broker for its sequence check. */
export interface ProducerIdentity {
  /** The producer id. */
  readonly id: bigint;
  /** The epoch. */
  readonly epoch: number;
}

/** One record as it is written. */
export interface OutgoingRecord {
  /** The key, or `null`. */
  readonly key: Uint8Array | null;
  /** The value; `null` is a tombstone. */
  readonly value: Uint8Array | null;
  /** Headers in order. */
  readonly headers: ReadonlyArray<readonly [name: string, value: Uint8Array]>;
  /** Milliseconds since the Unix epoch. */
  readonly timestamp: number;
}

/** Records for one partition, the unit of the broker's sequence check. */
export interface OutgoingBatch {
  /** The topic. */
  readonly topic: string;
  /** The partition. */
  readonly partition: number;
  /** Who sends. */
  readonly identity: ProducerIdentity;
  /** The sequence number of the first record. */
  readonly baseSequence: number;
  /** The records, at least one. */
  readonly records: readonly OutgoingRecord[];
}

/** A broker's word on one batch. */
export interface BatchResult {
  /** The offset of the first record; -1 with an error. */
  readonly baseOffset: number;
  /** Kafka's error name, for example `NOT_LEADER_OR_FOLLOWER`, or `null`. */
  readonly error: string | null;
}

/** Where a broker is. */
export interface BrokerAddress {
  /** The name or address of its host. */
  readonly host: string;
  /** The port. */
  readonly port: number;
}

/** What a producer needs of a client. */
export interface ProducerEngine {
  /** Connects. Rejects with `KafkaConnectionError`. */
  connect(): Promise<void>;
  /** Closes every connection. Never rejects. */
  disconnect(): Promise<void>;
  /**
   * The leader of each partition of a topic, by index; -1 for none. An empty
   * list means that there is no such topic. Asks the cluster anew when
   * `refresh` is set.
   */
  leaders(topic: string, refresh: boolean): Promise<readonly number[]>;
  /**
   * The id of a topic, which one that is deleted and created anew does not keep;
   * `undefined` when the cluster knows none.
   */
  topicId(topic: string): Promise<string | undefined>;
  /**
   * Where a node is, or, while that is not known, the server that is asked
   * first. `undefined` for what has no address.
   */
  address(node: number): BrokerAddress | undefined;
  /** Asks for a new identity. */
  initProducerId(): Promise<ProducerIdentity>;
  /**
   * Sends the batches to a broker in one request, with acks=all. Resolves with
   * one result a batch, in order. Rejects with `ProduceFailure`.
   */
  produce(
    leader: number,
    batches: readonly OutgoingBatch[],
  ): Promise<BatchResult[]>;
}

/** A produce request had no answer. */
export class ProduceFailure extends Error {
  /** Always `ProduceFailure`. */
  override name = "ProduceFailure";
  /** Whether the request may have reached the broker. */
  readonly mayHaveBeenSent: boolean;

  /**
   * @param mayHaveBeenSent Whether the request may have reached the broker.
   * @param options The cause.
   */
  constructor(mayHaveBeenSent: boolean, options: ErrorOptions) {
    super("Produce request had no answer", options);
    this.mayHaveBeenSent = mayHaveBeenSent;
  }
}

/** A partition of a topic. */
export interface TopicPartition {
  /** The topic. */
  readonly topic: string;
  /** The partition. */
  readonly partition: number;
}

/** A position in a partition: the next offset to read. */
export interface TopicPartitionOffset extends TopicPartition {
  /** The offset. */
  readonly offset: number;
}

/** One record as it is read. */
export interface IncomingRecord {
  /** The offset. */
  readonly offset: number;
  /** The key, or `null`. */
  readonly key: Uint8Array | null;
  /** The value; `null` is a tombstone. */
  readonly value: Uint8Array | null;
  /** Headers; a repeated name keeps its last value. */
  readonly headers: Readonly<Record<string, Uint8Array>>;
  /** Milliseconds since the Unix epoch. */
  readonly timestamp: number;
}

/** Records read from one partition. */
export interface IncomingBatch extends TopicPartition {
  /** The records in order of offset. */
  readonly records: readonly IncomingRecord[];
  /** Where reading goes on: after the records, and markers behind them. */
  readonly next: number;
  /** The offset after the last record of the partition. */
  readonly highWatermark: number;
  /** When they were asked for, in milliseconds since the Unix epoch. */
  readonly askedAt?: number;
  /** Who was asked, if that has an address. */
  readonly server?: BrokerAddress;
}

/** What an engine tells the consumer. */
export interface ConsumerListener {
  /**
   * The group has a new generation, and these partitions are ours in it, each
   * with the offset that is read next. `continued` says that we were a member all the time, so that what we held
   * before and hold again was nobody else's meanwhile.
   */
  assigned(
    partitions: readonly TopicPartitionOffset[],
    continued: boolean,
  ): void;
  /**
   * The partition is read again from an offset before those that were read: it
   * was created anew, or cut back.
   */
  rewound(at: TopicPartitionOffset): void;
  /**
   * The group is about to rebalance: what can be finished soon should be, and
   * committed. The group waits until this resolves.
   */
  rebalancing(): Promise<void>;
  /**
   * Records arrived, or none and a new high watermark. Resolves when more of the
   * partition may be fetched.
   */
  received(batch: IncomingBatch): Promise<void>;
  /** The engine has failed for good and fetches no more. */
  crashed(error: unknown): void;
}

/** What a consumer needs of a client: a membership in a group. */
export interface ConsumerEngine {
  /** Whether the last thing heard of the cluster is that it does not answer. */
  readonly isOut: boolean;
  /** Joins the group and fetches; resolves once partitions are assigned. */
  start(listener: ConsumerListener): Promise<void>;
  /** Leaves the group and closes every connection. Never rejects. */
  stop(): Promise<void>;
  /** Commits positions. Rejects when the group has moved on. */
  commit(offsets: readonly TopicPartitionOffset[]): Promise<void>;
  /** The offsets after the last record of partitions, in their order. */
  ends(partitions: readonly TopicPartition[]): Promise<number[]>;
  /** Fetches no more of these partitions until `resume`. */
  pause(partitions: readonly TopicPartition[]): void;
  /** Fetches these partitions again. */
  resume(partitions: readonly TopicPartition[]): void;
}
