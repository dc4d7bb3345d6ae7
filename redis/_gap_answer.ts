// Copyright 2026 the HuleEdu authors. MIT license.

import type { PubSubMessage } from "../protocols.ts";
import { kindOf } from "./arguments.ts";
import type { GapPolicy } from "./gap_policy.ts";
import { userNotification } from "./user_notification.ts";

/** Stands for a text where the line is to be closed instead. */
export const CLOSE: unique symbol = Symbol("close");

/** What is sent at a gap: a text, nothing, or the end. */
export type GapAnswer = string | null | typeof CLOSE;

/** Checks a policy, and makes a function of it. */
export function gapAnswers(
  policy: GapPolicy = "send",
): (marker: PubSubMessage) => GapAnswer {
  if (policy === "close") return () => CLOSE;
  if (policy === "send") return ({ gap }) => userNotification("gap", gap);
  if (typeof policy === "function") return policy;
  throw new TypeError(
    '"onGap" must be "send", "close" or a function, received ' +
      (typeof policy === "string" ? "another text" : kindOf(policy)),
  );
}
