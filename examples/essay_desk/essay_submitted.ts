// Copyright 2026 the HuleEdu authors. MIT license.

import type { StandardSchema } from "@huleedu/service-libs/events";
import { hasWord } from "./text_statistics.ts";
import { isUserId } from "./user_id.ts";
import { issue, recordOf, schemaOf, UUID } from "./_schema.ts";

/** The type and the topic of the event: a user has handed in a text. */
export const ESSAY_SUBMITTED = "huleedu.essay.submitted.v1";

/** The most characters of an essay. */
export const MAX_TEXT_LENGTH = 50_000;

/** The data of the event. */
export interface EssaySubmitted {
  /** Names the essay: the id of the event that submitted it. */
  readonly essay_id: string;
  /** Who handed it in. */
  readonly user_id: string;
  /** The text. */
  readonly text: string;
}

/** Checks the data. A text without a word has no statistics, so it is refused. */
export const essaySubmittedSchema: StandardSchema<EssaySubmitted> = schemaOf(
  function* (value) {
    const { essay_id, user_id, text } = recordOf(value);
    if (typeof essay_id !== "string" || !UUID.test(essay_id)) {
      yield issue("essay_id", "must be a UUID");
    }
    if (!isUserId(user_id)) {
      yield issue(
        "user_id",
        "must be 1 to 40 letters, digits, '.', '_' or '-'",
      );
    }
    if (typeof text !== "string" || !hasWord(text)) {
      yield issue("text", "must hold at least one word");
    } else if (text.length > MAX_TEXT_LENGTH) {
      yield issue("text", `must not exceed ${MAX_TEXT_LENGTH} characters`);
    } else if (!text.isWellFormed()) {
      yield issue("text", "must be well-formed: half a character stands alone");
    }
  },
);
