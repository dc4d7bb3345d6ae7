// Copyright 2026 the HuleEdu authors. MIT license.

import { createEnvelope } from "@huleedu/service-libs/events";
import type {
  EventHandler,
  EventPublisher,
  Logger,
} from "@huleedu/service-libs/protocols";
import { derivedEventId } from "./derived_event_id.ts";
import { ESSAY_ANALYSED, type EssayAnalysed } from "./essay_analysed.ts";
import type { EssaySubmitted } from "./essay_submitted.ts";
import { textStatistics } from "./text_statistics.ts";

/** The name of the service, in events and log lines, and of its group. */
export const ANALYSER = "essay_analyser";

/** What an analyser works with. */
export interface AnalyserOptions {
  /** Publishes the results. */
  readonly publisher: EventPublisher;
  /** The service's logger. */
  readonly logger: Logger;
}

/**
 * Creates the handler that measures submitted texts. It runs in the context of
 * its event, so what it publishes and logs has the submission's correlation id.
 *
 * @param options Publisher and logger.
 * @returns The handler.
 */
export function createAnalyser(
  { publisher, logger }: AnalyserOptions,
): EventHandler<EssaySubmitted> {
  return async ({ event_id, data }, { signal }) => {
    const { essay_id, user_id, text } = data;
    const statistics = textStatistics(text);
    const envelope = createEnvelope<EssayAnalysed>({
      eventType: ESSAY_ANALYSED,
      sourceService: ANALYSER,
      eventId: await derivedEventId(event_id, ESSAY_ANALYSED),
      data: { essay_id, user_id, statistics },
    });
    await publisher.publishEvent(ESSAY_ANALYSED, envelope, {
      key: user_id,
      signal,
    });
    logger.info("Essay analysed", {
      essay_id,
      words: statistics.words,
      lix: statistics.lix,
    });
  };
}
