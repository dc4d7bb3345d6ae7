// Copyright 2026 the HuleEdu authors. MIT license.

import {
  createEnvelope,
  type EventEnvelope,
} from "@huleedu/service-libs/events";
import type { EventPublisher, Logger } from "@huleedu/service-libs/protocols";
import {
  ESSAY_SUBMITTED,
  type EssaySubmitted,
  essaySubmittedSchema,
} from "./essay_submitted.ts";
import { recordOf, UUID } from "./_schema.ts";

/** The name of the service, in events and log lines, and of its group. */
export const DESK = "essay_desk";

/** What a user sent cannot be taken. */
export class SubmissionError extends Error {
  /**
   * @param message What is wrong with which field.
   */
  constructor(message: string) {
    super(message);
    this.name = "SubmissionError";
  }
}

/** The desk is closing and takes nothing more. */
export class DeskClosedError extends Error {
  /** Builds the error. */
  constructor() {
    super("The desk is closing; send it again later");
    this.name = "DeskClosedError";
  }
}

/** What a {@linkcode Desk} works with. */
export interface DeskOptions {
  /** Publishes the submissions. */
  readonly publisher: EventPublisher;
  /** The service's logger. */
  readonly logger: Logger;
}

/** The service that takes texts in and says so. It knows of nobody who listens. */
export class Desk implements Disposable {
  readonly #publisher: EventPublisher;
  readonly #logger: Logger;
  #isOpen = true;

  /**
   * @param options Publisher and logger.
   */
  constructor(options: DeskOptions) {
    this.#publisher = options.publisher;
    this.#logger = options.logger;
  }

  /**
   * Publishes a text. It carries the correlation id of the current context.
   *
   * @param submission `user_id`, `text` and, where the sender wants to be able
   * to send again, an `event_id` of its own.
   * @returns The event, once it is safe.
   * @throws {SubmissionError} If a field is missing or wrong.
   * @throws {DeskClosedError} If the desk is closing.
   */
  async submit(submission: unknown): Promise<EventEnvelope<EssaySubmitted>> {
    const data = await checked(recordOf(submission));
    if (!this.#isOpen) throw new DeskClosedError();
    const envelope = createEnvelope({
      eventType: ESSAY_SUBMITTED,
      sourceService: DESK,
      eventId: data.essay_id,
      data,
    });
    await this.#publisher.publishEvent(ESSAY_SUBMITTED, envelope, {
      // The events of one user keep their order.
      key: data.user_id,
    });
    this.#logger.info("Essay submitted", {
      event_id: envelope.event_id,
      user_id: data.user_id,
      characters: data.text.length,
    });
    return envelope;
  }

  /** Takes nothing more. */
  [Symbol.dispose](): void {
    this.#isOpen = false;
  }
}

async function checked(
  submission: Readonly<Record<string, unknown>>,
): Promise<EssaySubmitted> {
  const { event_id = crypto.randomUUID(), user_id, text } = submission;
  if (typeof event_id !== "string" || !UUID.test(event_id)) {
    throw new SubmissionError("event_id must be a UUID");
  }
  const result = await essaySubmittedSchema["~standard"].validate({
    essay_id: event_id.toLowerCase(),
    user_id: typeof user_id === "string" ? user_id.normalize("NFC") : user_id,
    text,
  });
  if (!result.issues) return result.value;
  throw new SubmissionError(
    result.issues.map(({ path, message }) => `${path?.join(".")} ${message}`)
      .join("; "),
  );
}
