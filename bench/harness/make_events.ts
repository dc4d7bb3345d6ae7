// Copyright 2026 the HuleEdu authors. MIT license.

import { createEnvelope } from "@huleedu/service-libs/events";
import type { EventEnvelope } from "@huleedu/service-libs/events";

/** The type of the events. */
export const EVENT_TYPE = "huleedu.essay.created.v1";

/** What the events carry: 300 bytes as JSON. */
export interface EssayData {
  readonly essay_id: string;
  readonly user_id: string;
  readonly text: string;
}

const DATA_BYTES = 300;

/**
 * Makes different events, each with 300 bytes of data in its envelope. Each
 * essay has four of them.
 *
 * @param count How many.
 */
export function makeEvents(count: number): EventEnvelope<EssayData>[] {
  const essays = Math.ceil(count / 4);
  return Array.from({ length: count }, (_, index) => {
    const essayId = `essay-${String(index % essays).padStart(8, "0")}`;
    return createEnvelope({
      eventType: EVENT_TYPE,
      sourceService: "bench",
      data: makeData(essayId),
    });
  });
}

function makeData(essayId: string): EssayData {
  const data = { essay_id: essayId, user_id: "user-1", text: "" };
  const length = DATA_BYTES - JSON.stringify(data).length;
  return { ...data, text: "Lorem ipsum dolor ".repeat(20).slice(0, length) };
}
