// Copyright 2026 the HuleEdu authors. MIT license.

import type { StandardSchema } from "@huleedu/service-libs/events";
import type { TextStatistics } from "./text_statistics.ts";
import { isUserId } from "./user_id.ts";
import { issue, recordOf, schemaOf, UUID } from "./_schema.ts";

/** The type and the topic of the event: a text has been measured. */
export const ESSAY_ANALYSED = "huleedu.essay.analysed.v1";

/** The data of the event. */
export interface EssayAnalysed {
  /** The essay. */
  readonly essay_id: string;
  /** Who handed it in. */
  readonly user_id: string;
  /** What was measured. */
  readonly statistics: TextStatistics;
}

/** Checks the data. */
export const essayAnalysedSchema: StandardSchema<EssayAnalysed> = schemaOf(
  function* (value) {
    const { essay_id, user_id, statistics } = recordOf(value);
    if (typeof essay_id !== "string" || !UUID.test(essay_id)) {
      yield issue("essay_id", "must be a UUID");
    }
    if (!isUserId(user_id)) yield issue("user_id", "must be a user's name");
    const { words, sentences, long_words, lix, frequent_words } = recordOf(
      statistics,
    );
    for (const number of [words, sentences, long_words, lix]) {
      if (!Number.isFinite(number)) {
        yield issue("statistics", "must hold four numbers");
        break;
      }
    }
    if (!Array.isArray(frequent_words)) {
      yield issue("statistics", "must hold a list of words");
    }
  },
);
