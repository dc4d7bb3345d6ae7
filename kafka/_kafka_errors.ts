// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * What a broker's error on a batch means for it.
 *
 * - `"retry"`: not written; the same events may be sent again
 * - `"unsure"`: perhaps written; the same batch must be sent again
 * - `"duplicate"`: written by an earlier attempt
 * - `"too_large"`: not written, and never will be in this size
 * - `"bad_record"`: not written, because of one of its records
 * - `"sequence"`: not written by this attempt; the producer's numbers are void
 * - `"refused"`: not written, and never will be
 */
export type BatchErrorMeaning =
  | "retry"
  | "unsure"
  | "duplicate"
  | "too_large"
  | "bad_record"
  | "sequence"
  | "refused";

// Names and codes: "Error Codes" in the protocol guide of Apache Kafka. A leader
// may say that it is none, or that it has no such partition, after it has
// written a batch: when it steps down while its followers still fetch it.
const MEANINGS: Readonly<Record<string, BatchErrorMeaning>> = {
  UNKNOWN: "unsure",
  CORRUPT_MESSAGE: "retry",
  UNKNOWN_TOPIC_OR_PARTITION: "unsure",
  LEADER_NOT_AVAILABLE: "unsure",
  NOT_LEADER_OR_FOLLOWER: "unsure",
  REQUEST_TIMED_OUT: "unsure",
  REPLICA_NOT_AVAILABLE: "unsure",
  MESSAGE_TOO_LARGE: "too_large",
  NETWORK_EXCEPTION: "unsure",
  RECORD_LIST_TOO_LARGE: "too_large",
  NOT_ENOUGH_REPLICAS: "retry",
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: "unsure",
  INVALID_TIMESTAMP: "bad_record",
  OUT_OF_ORDER_SEQUENCE_NUMBER: "sequence",
  DUPLICATE_SEQUENCE_NUMBER: "duplicate",
  INVALID_PRODUCER_EPOCH: "sequence",
  INVALID_PRODUCER_ID_MAPPING: "sequence",
  KAFKA_STORAGE_ERROR: "unsure",
  UNKNOWN_PRODUCER_ID: "sequence",
  FENCED_LEADER_EPOCH: "unsure",
  UNKNOWN_LEADER_EPOCH: "unsure",
  INVALID_RECORD: "bad_record",
  THROTTLING_QUOTA_EXCEEDED: "retry",
  PRODUCER_FENCED: "sequence",
};

const NAMES: Readonly<Record<number, string>> = {
  [-1]: "UNKNOWN",
  1: "OFFSET_OUT_OF_RANGE",
  2: "CORRUPT_MESSAGE",
  3: "UNKNOWN_TOPIC_OR_PARTITION",
  5: "LEADER_NOT_AVAILABLE",
  6: "NOT_LEADER_OR_FOLLOWER",
  7: "REQUEST_TIMED_OUT",
  9: "REPLICA_NOT_AVAILABLE",
  10: "MESSAGE_TOO_LARGE",
  13: "NETWORK_EXCEPTION",
  17: "INVALID_TOPIC_EXCEPTION",
  18: "RECORD_LIST_TOO_LARGE",
  19: "NOT_ENOUGH_REPLICAS",
  20: "NOT_ENOUGH_REPLICAS_AFTER_APPEND",
  29: "TOPIC_AUTHORIZATION_FAILED",
  31: "CLUSTER_AUTHORIZATION_FAILED",
  32: "INVALID_TIMESTAMP",
  45: "OUT_OF_ORDER_SEQUENCE_NUMBER",
  46: "DUPLICATE_SEQUENCE_NUMBER",
  47: "INVALID_PRODUCER_EPOCH",
  49: "INVALID_PRODUCER_ID_MAPPING",
  56: "KAFKA_STORAGE_ERROR",
  59: "UNKNOWN_PRODUCER_ID",
  74: "FENCED_LEADER_EPOCH",
  75: "UNKNOWN_LEADER_EPOCH",
  76: "UNSUPPORTED_COMPRESSION_TYPE",
  78: "OFFSET_NOT_AVAILABLE",
  87: "INVALID_RECORD",
  89: "THROTTLING_QUOTA_EXCEEDED",
  90: "PRODUCER_FENCED",
};

/** The name of a broker's error code. */
export function kafkaErrorName(code: number): string {
  return NAMES[code] ?? `ERROR_${code}`;
}

/** What a broker's error on a batch means for it. */
export function batchErrorMeaning(name: string): BatchErrorMeaning {
  return MEANINGS[name] ?? "refused";
}
