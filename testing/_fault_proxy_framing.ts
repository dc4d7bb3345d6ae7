// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  ByteChunk,
  KafkaRequest,
  ProxiedRequest,
  ProxyFraming,
  RespCommand,
} from "./proxied_request.ts";
import {
  type FrameReader,
  type FrameScanner,
  type FramingError,
  ScanningReader,
} from "./_frame_reader.ts";
import {
  KafkaLedger,
  scanKafkaReplies,
  scanKafkaRequests,
} from "./_kafka_frames.ts";
import {
  RespCommandScanner,
  RespLedger,
  RespReplyScanner,
} from "./_resp_frames.ts";

/** How one connection is cut into requests and replies. */
export interface Framing<R> {
  readonly requests: FrameReader<R>;
  /** Each knows the request that it answers. */
  readonly replies: FrameReader<R>;
  /**
   * Whether frames may be missing. Where only their order ties requests to
   * replies, nothing can follow one that is lost.
   */
  readonly numbered: boolean;
  /** A request goes to the server. */
  sent(request: R): void;
}

/** Makes the framing of a connection. */
export function makeFraming<F extends ProxyFraming>(
  framing: F,
  onBroken: (error: FramingError) => void,
): Framing<ProxiedRequest<F>>;
export function makeFraming(
  framing: ProxyFraming,
  onBroken: (error: FramingError) => void,
): Framing<KafkaRequest> | Framing<RespCommand> | Framing<ByteChunk> {
  switch (framing) {
    case "kafka": {
      const requests = scanKafkaRequests();
      const replies = scanKafkaReplies();
      return pair(requests, replies, new KafkaLedger(), true, onBroken);
    }
    case "resp": {
      const requests = new RespCommandScanner();
      const replies = new RespReplyScanner();
      return pair(requests, replies, new RespLedger(), false, onBroken);
    }
    case "none": {
      const reader = { read: wholeChunk, end: nothing };
      return { requests: reader, replies: reader, numbered: false, sent() {} };
    }
  }
}

interface Ledger<R, H> {
  sent(request: R): void;
  answered(head: H): R | undefined;
}

function pair<R, H>(
  requestScanner: FrameScanner<R>,
  replyScanner: FrameScanner<H>,
  ledger: Ledger<R, H>,
  numbered: boolean,
  onBroken: (error: FramingError) => void,
): Framing<R> {
  // Once one side cannot be read, the other makes no sense.
  const giveUp = (error: FramingError): void => {
    requests.giveUp();
    replies.giveUp();
    onBroken(error);
  };
  const requests = new ScanningReader(requestScanner, (head) => head, giveUp);
  const replies = new ScanningReader(
    replyScanner,
    (head: H) => ledger.answered(head),
    giveUp,
  );
  return {
    requests,
    replies,
    numbered,
    sent: (request) => ledger.sent(request),
  };
}

// A stream without frames has no end that a cut could come to, so no chunk is
// the last part of anything.
function* wholeChunk(bytes: Uint8Array) {
  yield { request: { bytes }, bytes, first: true, last: false };
}

function nothing(): [] {
  return [];
}
